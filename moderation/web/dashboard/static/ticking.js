// Ticks on rows: `x` ticks the current one, Shift+X all, and a click with Shift every row between two. The bar for all
// that is ticked belongs to a form that works without this; here it only tells how many.

import { bind } from "./keys.js";
import { inDigits } from "./numbers.js";
import { current, list, openRows } from "./rows.js";

const told = document.querySelector("[data-ticked]");
const form = document.getElementById("bulk");
let last = null;

function boxes() {
  return openRows()
    .map((row) => row.querySelector("[data-tick]"))
    .filter(Boolean);
}

function count() {
  const n = boxes().filter((box) => box.checked).length;
  told.textContent = n ? told.dataset.many.replace("[n]", inDigits(n)) : "";
}

function set(box, checked) {
  box.checked = checked;
}

function range(from, to, checked) {
  const all = boxes();
  const [first, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  if (first >= 0) for (const box of all.slice(first, end + 1)) set(box, checked);
}

if (list && form) {
  list.addEventListener("click", (event) => {
    const box = event.target.closest("[data-tick]");
    if (!box) return;
    if (event.shiftKey && last) range(last, box, box.checked);
    last = box;
    count();
  });
  bind("tick", () => {
    const box = current()?.querySelector("[data-tick]");
    box?.click();
    return Boolean(box);
  });
  bind("tick_all", () => {
    const all = boxes();
    const every = all.every((box) => box.checked);
    for (const box of all) set(box, !every);
    count();
    return all.length > 0;
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault(); // the ticks stay, and the browser's error page stays away
    const trouble = document.querySelector("[data-trouble]");
    trouble.querySelector("[data-said]").textContent = trouble.dataset.ticks;
    trouble.hidden = false;
  });
  count();
}

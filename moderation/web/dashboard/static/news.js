// The list never jumps: what came since the page was made is told by number, above it, and who has which row open is
// kept true. What a colleague decided meanwhile greys where it stands, and is passed over. One small conditional request; most are answered "304, all as it was".

import { inDigits } from "./numbers.js";
import { advance, current, list } from "./rows.js";
import { renew } from "./sending.js";

const EVERY_MILLISECONDS = 15_000;
const bar = document.querySelector("[data-news]");
let tag = null;

function showFresh(document_) {
  const known = new Set([...document.querySelectorAll("[data-row]")].map((row) => row.dataset.row));
  const n = document_.fresh.filter((one) => !known.has(one)).length;
  const words = n === 1 ? bar.dataset.one : bar.dataset.many.replace("[n]", inDigits(n) + (document_.more ? "+" : ""));
  const told = bar.querySelector("[data-count]");
  if (told.textContent !== words) told.textContent = words;
  bar.hidden = n === 0;
}

function showOpen(open) {
  for (const row of list?.querySelectorAll("[data-row]:not(.handled)") ?? []) {
    const name = open[row.dataset.row];
    const words = name ? ` · ${bar.dataset.openat.replace("[name]", name)}` : "";
    const told = row.querySelector("[data-open-at]");
    if (told && told.textContent !== words) told.textContent = words;
  }
}

function showHandled(handled) {
  for (const row of list?.querySelectorAll("[data-row]:not(.dealt, .handled, .wave)") ?? []) {
    const found = handled[row.dataset.row];
    if (!found || row.querySelector("[data-picker]")) continue; // who is picking labels is told by the answer
    const [name, verdict] = found;
    row.querySelector("[data-open-at]").textContent = ` · ${bar.dataset[verdict].replace("[name]", name)}`;
    row.classList.add("handled");
    const tick = row.querySelector("[data-tick]");
    if (tick?.checked) tick.click();
    if (tick) tick.disabled = true;
    if (row === current()) advance(row);
  }
}

async function ask() {
  if (document.visibilityState !== "visible") return;
  try {
    const headers = { Accept: "application/json", ...(tag && { "If-None-Match": tag }) };
    const answer = await fetch(bar.dataset.news, { headers, cache: "no-store", redirect: "manual" });
    if (!answer.ok) return; // 304, or a session that ended: the next decision tells that
    tag = answer.headers.get("ETag");
    const told = await answer.json();
    renew(told.csrf);
    showFresh(told);
    showOpen(told.open);
    showHandled(told.handled);
  } catch {
    // without a network there is no news
  }
}

if (bar) {
  setInterval(ask, EVERY_MILLISECONDS);
  document.addEventListener("visibilitychange", ask);
  ask();
}

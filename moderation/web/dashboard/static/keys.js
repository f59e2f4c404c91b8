// Keys for the review queue. Everything here only presses what is on the page: without it the forms still work.
// A Latin letter counts by what it writes, any other by where it lies, so that keys work under a Bangla layout too.

function letter(event) {
  if (/^[a-z0-9?]$/i.test(event.key)) return event.key.toLowerCase();
  if (["Enter", "ArrowDown", "ArrowUp"].includes(event.key)) return event.key;
  const place = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(event.code);
  return place ? (place[1] ?? place[2]).toLowerCase() : "";
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]), select, textarea"));
}

const rows = [...document.querySelectorAll("[data-row]")];
let here = -1;

function go(step) {
  if (!rows.length) return;
  rows[here]?.classList.remove("here");
  here = Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[here].classList.add("here");
  rows[here].querySelector("[data-open]")?.focus();
}

function press(key) {
  const found = [...document.querySelectorAll("[data-key]")].find(
    (one) => one.dataset.key.split(" ").includes(key) && !one.closest("[hidden]"),
  );
  found?.click();
  return Boolean(found);
}

const reject = document.querySelector("[data-reject]");
let rejecting = false;

function startRejecting() {
  rejecting = true;
  reject.querySelector("[data-digit]")?.focus();
}

function handle(key) {
  if (key === "j" || key === "ArrowDown") return go(1), true;
  if (key === "k" || key === "ArrowUp") return go(-1), true;
  if (reject && key === "d") return startRejecting(), true;
  if (reject && rejecting && /^[0-9]$/.test(key)) {
    const box = reject.querySelector(`[data-digit="${key}"]`);
    if (box) box.checked = !box.checked;
    return Boolean(box);
  }
  if (reject && rejecting && key === "Enter") return document.querySelector("[data-refuse]").click(), true;
  return press(key);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const key = letter(event);
  if (key && handle(key)) event.preventDefault();
});

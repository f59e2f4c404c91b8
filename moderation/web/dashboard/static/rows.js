// The list of the review queue: which row is the current one, and moving between those that are still open.

import { bind } from "./keys.js";

export const list = document.querySelector("[data-queue]");
const cleared = document.querySelector("[data-cleared]");

/** Rows that were not dealt with yet, in their order. */
export function openRows() {
  return list ? [...list.querySelectorAll("[data-row]:not(.dealt, .handled)")] : [];
}

export function current() {
  return list?.querySelector("[data-row].here") ?? null;
}

export function choose(row, { focus = true } = {}) {
  const former = current();
  former?.classList.remove("here");
  former?.removeAttribute("aria-current");
  if (!row) return;
  row.classList.add("here");
  row.setAttribute("aria-current", "true");
  if (focus) row.querySelector("[data-open]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function go(step) {
  const rows = openRows();
  if (!rows.length) return false;
  const at = rows.indexOf(current());
  choose(rows[Math.min(Math.max(at < 0 && step < 0 ? 0 : at + step, 0), rows.length - 1)]);
  return true;
}

/** The row after this one becomes the current one; the last one's is the one before. */
export function advance(row) {
  const all = [...list.querySelectorAll("[data-row]")];
  const at = all.indexOf(row);
  const isOpen = (one) => one !== row && !one.matches(".dealt, .handled");
  const next = all.slice(at + 1).find(isOpen) ?? all.slice(0, at).findLast(isOpen) ?? null;
  choose(next);
  if (!cleared) return;
  cleared.hidden = Boolean(next);
  if (!next) cleared.querySelector("a").focus(); // Enter then loads the next ones
}

if (list) {
  bind("next ArrowDown", () => go(1));
  bind("previous ArrowUp", () => go(-1));
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]:not(.dealt, .handled)");
    if (row && row !== current()) choose(row, { focus: false });
  });
}

// The command palette (Ctrl-K, ⌘K): a page, an act of this page, or a story, author or comment, by its name in either
// language. The field keeps the focus; the list is walked by arrows (ARIA's combobox with a listbox).

import { available } from "./keys.js";

const dialog = document.getElementById("palette");
const field = dialog?.querySelector("[data-palette-field]");
const list = dialog?.querySelector("[role=listbox]");
const told = dialog?.querySelector("[data-palette-told]");
const WAIT_MILLISECONDS = 150;
const SHORTEST = 2;
let acts = new Map();
let before = null;
let waiting = null;
let asking = null;

function shown() {
  return [...list.querySelectorAll("[role=option]:not([hidden])")];
}

function chosen() {
  return list.querySelector("[aria-selected=true]");
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  told.textContent = option ? "" : told.dataset.none;
}

function folded(written) {
  return written.normalize("NFC").toLowerCase();
}

function filter() {
  const words = folded(field.value).split(/\s+/).filter(Boolean);
  for (const option of list.querySelectorAll("[data-terms]")) {
    const terms = folded(option.dataset.terms).split(/[\s:;,.–-]+/);
    const here = !option.dataset.paletteAct || acts.has(option.dataset.paletteAct);
    option.hidden = !here || !words.every((word) => terms.some((term) => term.startsWith(word)));
  }
  choose(shown()[0]);
}

function optionOf(one, n) {
  const option = document.createElement("li");
  option.role = "option";
  option.id = `palette-found-${n}`;
  option.dataset.found = "";
  option.dataset.href = one.href;
  const title = document.createElement("bdi");
  title.textContent = one.title;
  const what = document.createElement("small");
  what.textContent = `${one.kind} · ${one.site}`;
  option.append(title, what);
  return option;
}

function showFound(found) {
  for (const former of list.querySelectorAll("[data-found]")) former.remove();
  list.append(...found.map(optionOf));
  if (!chosen() || chosen().hidden) choose(shown()[0]);
}

async function find(wanted) {
  asking?.abort();
  asking = new AbortController();
  try {
    const address = `${dialog.dataset.finds}?q=${encodeURIComponent(wanted)}`;
    const headers = { Accept: "application/json" };
    const answer = await fetch(address, { headers, redirect: "manual", signal: asking.signal });
    if (answer.ok) showFound((await answer.json()).found);
  } catch {
    // without a network the pages and acts are still there
  }
}

function seek() {
  clearTimeout(waiting);
  showFound([]);
  filter();
  const wanted = field.value.trim();
  if (wanted.length >= SHORTEST) waiting = setTimeout(() => find(wanted), WAIT_MILLISECONDS);
}

function walk(step) {
  const options = shown();
  if (!options.length) return;
  choose(options[(options.indexOf(chosen()) + step + options.length) % options.length]);
}

function open() {
  if (document.querySelector("dialog[open]")) return;
  acts = new Map(available().map(({ name, act }) => [name, act]));
  before = document.activeElement;
  field.value = "";
  dialog.showModal();
  seek();
  field.focus();
}

function run(option) {
  if (!option) return;
  const act = acts.get(option.dataset.paletteAct);
  dialog.close();
  if (act) act(new KeyboardEvent("keydown"));
  else location.assign(option.dataset.href);
}

const MOVES = { ArrowDown: () => walk(1), ArrowUp: () => walk(-1), Enter: () => run(chosen()) };

function isPalette(event) {
  const pressed = event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
  return pressed && !event.isComposing && (/^[a-z]$/i.test(event.key) ? event.key.toLowerCase() === "k" : event.code === "KeyK");
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if (!isPalette(event)) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
  field.addEventListener("input", seek);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || !(event.key in MOVES)) return;
    event.preventDefault();
    MOVES[event.key]();
  });
  list.addEventListener("click", (event) => run(event.target.closest("[role=option]")));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => before?.isConnected && before.focus({ preventScroll: true }));
  for (const opener of document.querySelectorAll("[data-palette-open]")) {
    opener.hidden = false;
    opener.addEventListener("click", open);
  }
}

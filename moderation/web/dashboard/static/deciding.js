// Deciding in place: the row becomes one quiet line with its undo, and the next row is the current one at once. What
// the server refuses opens the row again, with the server's words. Nothing here decides: the forms' own routes do.

import { bind, hasItsOwnEnter } from "./keys.js";
import { advance, choose, current, list } from "./rows.js";
import { allSent, send } from "./sending.js";

const dealt = []; // rows with an undo, the latest last
let picking = null; // the row whose labels are being picked

/** The row's one paragraph of this class, made where there is none. */
function paragraph(row, name, role, words) {
  let told = row.querySelector(`:scope > .${name}`);
  if (!told) {
    told = document.createElement("p");
    told.className = name;
    told.setAttribute("role", role);
    row.append(told);
  }
  told.textContent = words;
  return told;
}

function line(row, words) {
  return paragraph(row, "told", "status", words);
}

function settle(row, answer) {
  const told = line(row, answer.body.told);
  if (!answer.body.undo) return;
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "quiet";
  undo.textContent = list.dataset.undo;
  undo.addEventListener("click", () => takeBack(row, answer.body.undo));
  told.append(" · ", undo);
  dealt.push(row);
}

function reopen(row, words) {
  row.classList.remove("dealt");
  row.querySelector(":scope > .told")?.remove();
  const problem = paragraph(row, "problem", "alert", words);
  const again = document.createElement("button");
  again.type = "button";
  again.className = "quiet";
  again.textContent = list.dataset.back;
  again.addEventListener("click", () => renew(row));
  problem.append(" ", again);
}

/** The row as the server has it now; where it is not in the queue any more its line says so. */
async function renew(row) {
  const answer = await fetch(row.dataset.again, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return location.assign(row.querySelector("[data-open]").href);
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  const fresh = made.content.querySelector("[data-row]");
  row.replaceWith(fresh);
  choose(fresh);
}

async function takeBack(row, address) {
  dealt.splice(dealt.indexOf(row), 1);
  line(row, list.dataset.sending);
  const answer = await send(address, []);
  if (answer.ok) return renew(row);
  line(row, answer.body.detail);
}

async function act(row, address, fields) {
  stopPicking();
  row.classList.add("dealt");
  row.querySelector(":scope > .problem")?.remove();
  const tick = row.querySelector("[data-tick]");
  if (tick?.checked) tick.click();
  line(row, list.dataset.sending);
  advance(row);
  const answer = await send(address, fields);
  if (answer.ok) settle(row, answer);
  else reopen(row, answer.body.detail);
}

function fieldsOf(row, except = []) {
  return [...new FormData(row.querySelector("[data-quick]"))].filter(([name]) => !except.includes(name));
}

function pick(row) {
  stopPicking();
  const form = document.getElementById("picker").content.cloneNode(true).querySelector("form");
  const predicted = row.dataset.predicted.split(" ");
  for (const box of form.querySelectorAll("[data-digit]")) box.checked = predicted.includes(box.value);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    confirm();
  });
  form.querySelector("[data-cancel]").addEventListener("click", cancel);
  row.append(form);
  picking = row;
  form.querySelector("[data-digit]").focus();
}

function stopPicking() {
  picking?.querySelector("[data-picker]")?.remove();
  picking = null;
}

function cancel() {
  const row = picking;
  stopPicking();
  choose(row);
}

function confirm() {
  const row = picking;
  const ticked = [...new FormData(row.querySelector("[data-picker]"))];
  const fields = [...fieldsOf(row, ["label"]), ...ticked, ["verdict", "reject"]];
  act(row, row.querySelector("[data-quick]").action, fields);
}

function open(event) {
  if (hasItsOwnEnter(event.target)) return false;
  const link = current()?.querySelector("[data-open]");
  link?.click();
  return Boolean(link);
}

const ACTS = {
  publish: (row, button) => act(row, button.form.action, [...fieldsOf(row), ["verdict", "approve"]]),
  spam: (row, button) => act(row, button.form.action, [...fieldsOf(row), ["verdict", "reject"]]),
  skip: (row, button) => act(row, button.formAction, fieldsOf(row)),
  reject: (row) => pick(row),
  escalate: (row, link) => location.assign(link.href),
};

function bear(act, name = act) {
  bind(act, () => {
    const button = current()?.querySelector(`[data-act="${name}"]`);
    button?.click();
    return Boolean(button);
  });
}

if (list) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ACTS[button.dataset.act](button.closest("[data-row]"), button);
  });
  for (const act of ["publish", "spam", "skip", "reject"]) bear(act);
  bear("hand_on", "escalate");
  bind("undo", () => {
    const undo = dealt.at(-1)?.querySelector(".told button");
    undo?.click();
    return Boolean(undo);
  });
  bind("0 1 2 3 4 5 6 7 8 9", (event) => {
    const digit = /\d/.exec(event.code)?.[0] ?? event.key;
    const box = picking?.querySelector(`[data-digit="${/^\d$/.test(event.key) ? event.key : digit}"]`);
    box?.click();
    return Boolean(box);
  });
  bind("Enter", (event) => {
    if (!picking) return open(event);
    if (hasItsOwnEnter(event.target) && picking.contains(event.target)) return false;
    confirm();
    return true;
  });
  bind("Escape", () => {
    if (!picking) return false;
    cancel();
    return true;
  });
  // Whoever goes on to the next page at once is not asked whether to leave what is still on its way.
  document.querySelector("[data-cleared] a")?.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await allSent();
    location.assign(event.target.href);
  });
  choose(list.querySelector("[data-row]"), { focus: false });
}

// What somebody types is never lost: it is kept in this browser, comment by comment, until the server has taken it.
// A form is sent from the page itself, so that an ended session or a lost network leaves the text where it is.

const PREFIX = "alochona:draft:";

function keyOf(area) {
  return PREFIX + area.dataset.draft;
}

// A browser may refuse to keep anything (private windows, full disk): then typing goes on without it.
function stored(act) {
  try {
    return act(localStorage);
  } catch {
    return null;
  }
}

function keep(area) {
  stored((kept) => (area.value.trim() ? kept.setItem(keyOf(area), area.value) : kept.removeItem(keyOf(area))));
}

function restore() {
  for (const area of document.querySelectorAll("[data-draft]")) {
    const text = stored((kept) => kept.getItem(keyOf(area)));
    if (!text || area.value) continue;
    area.value = text;
    const closed = area.closest("details:not([open])");
    if (closed) closed.open = true;
  }
}

async function problemIn(answer) {
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  return found.querySelector("main [role=alert]:not([hidden])")?.textContent ?? "";
}

async function send(form) {
  const told = form.querySelector("[data-unsent]");
  const area = form.querySelector("[data-draft]");
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) throw new Error(await problemIn(answer));
    stored((kept) => kept.removeItem(keyOf(area)));
    const back = new URL(answer.url);
    if (form.closest("[data-drawer]")) return form.dispatchEvent(new CustomEvent("arrived", { bubbles: true }));
    location.assign(back);
    if (back.pathname === location.pathname && back.search === location.search) location.reload();
  } catch (error) {
    const why = error instanceof TypeError ? "" : error.message;
    told.textContent = `${form.dataset.sends} ${why}`.trim();
    told.hidden = false;
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-draft]")) keep(event.target);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-sends]")) return;
  event.preventDefault();
  send(event.target);
}, true);
document.addEventListener("drafts", restore);
restore();

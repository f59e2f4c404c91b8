// Sends decisions so that none is lost: without a network, without a session, or while the server is out, what was
// decided waits in this page and is sent again by itself. The page says so, and asks before it is left.

const RETRY_MILLISECONDS = 10_000;
const trouble = document.querySelector("[data-trouble]");
const waiting = new Map(); // what is on its way, each with a promise of its arrival

function tell(kind) {
  if (!trouble) return;
  trouble.hidden = !kind;
  const said = trouble.querySelector("[data-said]");
  const words = kind ? trouble.dataset[kind] : "";
  if (said.textContent !== words) said.textContent = words;
  trouble.querySelector("[data-login]").hidden = kind !== "ended";
}

/** Resolves when it is worth trying again: the network is back, the tab is looked at anew, or some seconds went by. */
function later() {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      window.removeEventListener("focus", done);
      resolve();
    };
    const timer = setTimeout(done, RETRY_MILLISECONDS);
    window.addEventListener("online", done);
    window.addEventListener("focus", done);
  });
}

/** The token of the present session, which is another one after logging in again. */
function token() {
  return document.querySelector("input[name=csrf]")?.value ?? "";
}

export function renew(fresh) {
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = fresh;
}

/** Asks the server for the session's token: "renewed", "same", or "ended" where there is no session. */
async function session() {
  const address = document.querySelector("[data-news]")?.dataset.news;
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual" });
  if (!answer.ok) return "ended";
  const { csrf } = await answer.json();
  if (csrf === token()) return "same";
  renew(csrf);
  return "renewed";
}

async function attempt(address, fields) {
  const body = new FormData();
  for (const [name, value] of fields) if (name !== "csrf") body.append(name, value);
  body.append("csrf", token());
  return fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
}

/** What to wait for before the next try, or the answer itself. */
async function tried(address, fields) {
  try {
    const answer = await attempt(address, fields);
    if (answer.status >= 500 || answer.status === 429) return { wait: "busy" };
    if (answer.status === 403) {
      const state = await session();
      if (state === "ended") return { wait: "ended" };
      if (state === "renewed") return tried(address, fields);
    }
    return { ok: answer.ok, status: answer.status, body: await answer.json() };
  } catch {
    return { wait: "offline" };
  }
}

/** Sends until there is an answer: `{ok, status, body}`, the words in the visitor's language. */
export function send(address, fields) {
  const mine = Symbol(address);
  const answer = untilAnswered(address, fields).finally(() => waiting.delete(mine));
  waiting.set(mine, answer);
  return answer;
}

async function untilAnswered(address, fields) {
  for (;;) {
    const result = await tried(address, fields);
    tell(result.wait ?? null);
    if (!result.wait) return result;
    await later();
  }
}

/** Resolves once nothing waits any more. */
export async function allSent() {
  while (waiting.size) await Promise.race([...waiting.values()]);
}

window.addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});

// What was typed into any form of a page is not lost to a missing network or an ended session: before such a form
// leaves the page, this asks whether the server knows the session. Where it does not, the page stays, and says why.
// Forms that send themselves (notes, rows of the queue) have their own ways.

const told = document.querySelector("[data-typed]");
const TYPED = "textarea, input:is([type=text], [type=email], [type=date], [type=number], :not([type]))";
const sure = new WeakSet();
let asking = false;

function tell(kind) {
  told.querySelector("[data-said]").textContent = told.dataset[kind];
  told.querySelector("[data-typed-login]").hidden = kind !== "ended";
  told.hidden = false;
  told.scrollIntoView({ block: "nearest" });
}

/** The session's token now, or why there is none: "offline", "ended", "busy". */
async function session() {
  try {
    const answer = await fetch(told.dataset.typed, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual" });
    if (answer.type === "opaqueredirect") return { kind: "ended" };
    return answer.ok ? await answer.json() : { kind: "busy" };
  } catch {
    return { kind: "offline" };
  }
}

async function ask(form, submitter) {
  if (asking) return; // pressed twice: once is enough
  asking = true;
  const { csrf, kind } = await session();
  asking = false;
  if (kind) return tell(kind);
  told.hidden = true;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = csrf;
  sure.add(form);
  form.requestSubmit(submitter);
}

if (told) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || !form.querySelector(TYPED)) return;
    if (sure.delete(form)) return;
    event.preventDefault();
    ask(form, event.submitter ?? undefined);
  });
}

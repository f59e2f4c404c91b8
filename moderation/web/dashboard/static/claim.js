// The open card is claimed for whoever looks at it, so that two people do not read the same comment. A lease ends by
// itself; a page renews it only while it is visible. Without this script the card has buttons for the same.

const RENEW_MILLISECONDS = 60_000;

const holder = document.querySelector("[data-claim]");
let token = null;
let submitting = false;

function form(fields) {
  const data = new FormData();
  data.append("csrf", holder.dataset.csrf);
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

function show(text, mine, taken) {
  const told = holder.querySelector("[data-told]");
  if (told.textContent !== text) told.textContent = text;
  holder.classList.toggle("taken", taken);
  holder.querySelector("[data-unclaimed]")?.toggleAttribute("hidden", mine || taken);
  holder.querySelector("[data-claimed]")?.toggleAttribute("hidden", !mine);
}

async function claim() {
  if (document.visibilityState !== "visible" || submitting) return;
  try {
    const answer = await fetch(holder.dataset.claim, { method: "POST", body: form({}), headers: { Accept: "application/json" } });
    const told = await answer.json();
    token = answer.ok ? told.token : null;
    if (answer.ok) show(holder.dataset.mine, true, false);
    else show(told.detail ?? holder.dataset.lost, false, answer.status === 409);
  } catch {
    show(holder.dataset.lost, false, false);
  }
}

// The token travels in the form, which a beacon can carry; it ends only this page's lease, not one taken since.
function release() {
  if (!token || submitting) return;
  navigator.sendBeacon(holder.dataset.release, form({ token }));
  token = null;
}

if (holder) {
  claim();
  setInterval(claim, RENEW_MILLISECONDS);
  document.addEventListener("visibilitychange", claim);
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) submitting = true; });
  window.addEventListener("pagehide", release);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    submitting = false;
    claim();
  });
}

// Makes Kurv's pages live. Without it every form and link works the same, page by page.
"use strict";

const form_token = () => document.querySelector("[name=form_token]")?.value ?? "";
const told = document.getElementById("fortalt");
const offline = document.getElementById("frakoblet");

/** Say something to those who listen to the page. */
function tell(text) {
  if (told) { told.textContent = ""; requestAnimationFrame(() => { told.textContent = text; }); }
}

const shown = new WeakMap();

/** Put new HTML into a part of the page; focus and what is being typed stay. */
function put(part, html) {
  if (shown.get(part) === html) return; // nothing moves under a finger for nothing
  shown.set(part, html);
  const active = document.activeElement;
  const inside = part.contains(active);
  const key = inside ? active.dataset.key : null;
  const kept = new Map();
  for (const input of part.querySelectorAll("input[data-key]")) kept.set(input.dataset.key, input);
  part.innerHTML = html; // from our own server, escaped there
  for (const input of part.querySelectorAll("input[data-key]")) {
    const before = kept.get(input.dataset.key);
    if (before && before.value && before.dataset.sent !== "yes") input.value = before.value;
  }
  if (key) part.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  scroll_down(part);
}

function scroll_down(part) {
  const log = part.querySelector("[role=log]");
  if (log) log.scrollTop = log.scrollHeight;
}

/** Fetch a part of the page anew. */
async function refresh(part) {
  const answer = await fetch(part.dataset.part, { headers: { "X-Kurv-Part": "auto" }, cache: "no-store" });
  if (answer.status === 401) { location.assign("/logg-inn"); return; }
  if (answer.ok) {
    const html = await answer.text();
    await finger_up(part); // a button that goes away under a finger is not pressed
    put(part, html);
  }
}

let pressed = null;
addEventListener("pointerdown", (event) => { pressed = event.target; }, true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(() => { pressed = null; }, 50), true);
}
/** Wait until nothing in a part is being pressed. */
async function finger_up(part) {
  while (pressed && part.contains(pressed)) await new Promise((go) => setTimeout(go, 50));
}

const waiting = new Map();
/** Fetch a part soon; many events in a row fetch it once. */
function soon(id) {
  const part = document.getElementById(id);
  if (!part || waiting.has(id)) return;
  waiting.set(id, setTimeout(() => {
    waiting.delete(id);
    refresh(part).catch(() => lost(true));
  }, 120));
}

function lost(yes) { if (offline) offline.hidden = !yes; }

// -- what happens elsewhere ------------------------------------------------------------------------

/** Follow the server's events; the browser connects anew by itself and says what it saw last. */
function follow(live) {
  const parts = [...live.querySelectorAll("[data-part]")].map((part) => part.id);
  const all = () => parts.forEach(soon);
  const source = new EventSource(live.dataset.live);
  let was_lost = false;
  source.addEventListener("open", () => { lost(false); if (was_lost) all(); was_lost = false; });
  source.addEventListener("error", () => {
    was_lost = true;
    lost(true);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => { follow(live); all(); }, 3000);
  });
  const on = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  on("partial", (event) => partial(event.text));
  on("utterance", (event) => { partial(""); soon("samtale"); said(event); });
  for (const kind of ["question", "call", "takeover"]) on(kind, () => soon("samtale"));
  for (const kind of ["basket", "order"]) on(kind, () => { soon("kurv"); });
  on("changed", () => soon("oversikt"));
  on("catch_up", all);
  addEventListener("pagehide", () => source.close(), { once: true });
}

/** What is being said just now, word by word. */
function partial(text) {
  const line = document.getElementById("akkurat-na");
  if (!line) return;
  line.hidden = !text;
  line.querySelector("span").textContent = text;
  scroll_down(document.getElementById("samtale"));
}

function said(event) { if (event.speaker === "kurv") tell(event.text); }

// -- forms -----------------------------------------------------------------------------------------

/** Send a form in the background and put the answer where it belongs. */
async function send(form, button, part) {
  const data = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(form.action, {
    method: "POST", body: data, headers: { "X-Kurv-Part": "1", "X-Form-Token": form_token() },
  });
  if (answer.status === 401) { location.assign("/logg-inn"); return; }
  const kind = answer.headers.get("content-type") ?? "";
  if (kind.startsWith("text/html")) put(part, await answer.text());
  else if (!answer.ok) { const { message } = await answer.json(); alert_in(part, message); }
}

function alert_in(part, message) {
  const notice = document.createElement("p");
  notice.className = "notice care";
  notice.setAttribute("role", "alert");
  notice.textContent = message;
  part.querySelector("[role=alert]")?.remove();
  part.append(notice);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.once !== undefined) {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    return;
  }
  const part = form.matches("[data-basket]") ? document.getElementById("kurv")
    : form.matches("[data-talk]") ? document.getElementById("samtale")
    : form.matches("[data-quick]") ? document.getElementById("oversikt") : null;
  if (!part) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const text = form.querySelector("input[name=text]");
  if (text) text.dataset.sent = "yes";
  send(form, event.submitter, part)
    .then(() => { if (form.matches("[data-talk]")) soon("kurv"); })
    .catch(() => { lost(true); if (text) delete text.dataset.sent; })
    .finally(() => { delete form.dataset.busy; });
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
for (const live of document.querySelectorAll("[data-live]")) follow(live);
scroll_down(document);
addEventListener("offline", () => lost(true));
addEventListener("online", () => { lost(false); document.querySelectorAll("[data-part]").forEach((part) => soon(part.id)); });
// A page that the browser kept and shows again is old.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

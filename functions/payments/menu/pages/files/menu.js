// Improves the pages where scripts run; everything works without. No libraries, no storage, no other hosts.
"use strict";

// What is wrong is where the focus is; not every browser obeys `autofocus` on a text.
document.querySelector("[autofocus]")?.focus();

// Where there is room beside the methods, what is bought is shown at once.
if (matchMedia("(min-width: 60rem)").matches) document.querySelector("[data-items]")?.setAttribute("open", "");

// A second press of a button sends nothing (the server would refuse it too). The first one says that it works.
let longer;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.querySelector("button").setAttribute("aria-disabled", "true");
  const said = form.querySelector("[data-working]");
  if (!said) return;
  said.textContent = said.dataset.working;
  longer = setTimeout(() => (said.textContent = said.dataset.longer), 5000);
});
window.addEventListener("pageshow", () => {
  clearTimeout(longer);
  for (const form of document.forms) {
    delete form.dataset.sent;
    form.querySelector("button")?.removeAttribute("aria-disabled");
  }
  for (const said of document.querySelectorAll("[data-working]")) said.textContent = "";
});

// A page that only hands over to a bank submits itself.
document.querySelector("form[data-send]")?.requestSubmit();

// Details of a transfer, one press each.
const copied = document.querySelector("[data-copied]");
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const words = button.firstChild.data;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.firstChild.data = copied.textContent = copied.dataset.copied;
    setTimeout(() => (button.firstChild.data = words), 2000);
  });
}

// While a bank decides: ask with growing gaps, and move on as soon as it has.
const waiting = document.querySelector("[data-wait]");
const moveOn = () => location.replace(location.href);
const ask = async (gap) => {
  try {
    const answer = await fetch(waiting.dataset.wait, { cache: "no-store" });
    if (answer.ok && !(await answer.json()).waiting) {
      moveOn();
      return;
    }
  } catch {
    // Offline for a moment: the next attempt will tell.
  }
  setTimeout(ask, gap, Math.min(gap * 1.4, 15000));
};
if (waiting) setTimeout(ask, 700, 1000);

// Until when something is awaited, by the shopper's own clock. A page that is open then says that it is over.
const until = document.querySelector("[data-until]");
if (until) {
  const end = new Date(until.dateTime);
  const { lang } = document.documentElement;
  const locale = navigator.languages.find((each) => each.startsWith(lang)) ?? lang; // en-GB, where the page is in English
  until.textContent = end.toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
  const left = end - Date.now();
  if (left < 86400000) setTimeout(() => location.reload(), Math.max(left, 0) + 1000);
}

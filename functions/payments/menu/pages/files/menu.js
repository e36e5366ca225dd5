// Improves the pages where scripts run; everything works without. No libraries, no storage, no other hosts.
"use strict";

// A second press of a button sends nothing (the server would refuse it too).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.querySelector("button").setAttribute("aria-disabled", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    form.querySelector("button")?.removeAttribute("aria-disabled");
  }
});

// A page that only hands over to a bank submits itself.
document.querySelector("form[data-send]")?.requestSubmit();

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

// How long the order stays open.
const clock = document.querySelector("[data-expires]");
const tick = () => {
  const minutes = Math.floor((new Date(clock.dataset.expires) - Date.now()) / 60000);
  if (minutes < 0) location.reload();
  else clock.textContent = clock.dataset.text.replace("{n}", Math.max(1, minutes));
};
if (clock) setInterval(tick, 15000);

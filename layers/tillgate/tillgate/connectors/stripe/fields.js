// Stripe's own card fields in the menu's form. Card data goes from the browser to Stripe alone: all that reaches us is
// the id of a PaymentMethod. Without this script, without Stripe's, or without its field the form opens Stripe's page.
"use strict";

(() => {
  const box = document.querySelector("[data-fields=stripe]");
  if (!box || !window.Stripe) return;

  const form = box.closest("form");
  const choice = box.closest(".method").querySelector("input[type=radio]");
  const said = box.querySelector("[data-fields-said]");
  const token = box.querySelector("input[type=hidden]");
  const { publishableKey, currency, locale, failed } = box.dataset;

  const stripe = window.Stripe(publishableKey, { locale });
  const elements = stripe.elements({
    mode: "setup", // it only makes a PaymentMethod: the amount is the server's
    currency: currency.toLowerCase(),
    allowedPaymentMethodTypes: ["card"],
    paymentMethodCreation: "manual",
  });
  const field = elements.create("payment", { terms: { card: "never" } });
  field.on("loaderror", () => {
    box.hidden = true;
  });
  field.mount(box.querySelector("[data-fields-place]"));
  box.hidden = false;
  window.addEventListener("pageshow", () => {
    token.value = ""; // a PaymentMethod that was sent is used up
  });

  let asks = false;
  const tell = (wrong) => {
    said.textContent = wrong;
    field.focus();
  };

  form.addEventListener("submit", async (event) => {
    if (!choice.checked || token.value || box.hidden) return;
    event.preventDefault();
    event.stopPropagation(); // nothing is sent yet, so nothing counts as sent
    if (asks) return; // a second press
    asks = true;
    said.textContent = "";
    try {
      const checked = await elements.submit();
      const made = checked.error ? checked : await stripe.createPaymentMethod({ elements });
      if (made.error) {
        tell(made.error.message);
        return;
      }
      token.value = made.paymentMethod.id;
      form.requestSubmit();
    } catch {
      tell(failed);
    } finally {
      asks = false;
    }
  });
})();

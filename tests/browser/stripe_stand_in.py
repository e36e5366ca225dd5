"""Our own stand-in of Stripe.js, for the browser alone: nobody at Stripe wrote it, and no request leaves the machine.

It has the calls that `connectors/stripe/fields.js` makes, with the names and shapes of Stripe's documentation. Like the
real one it puts the card's field into a frame of its own host and asks `api.stripe.com` for a PaymentMethod, so that a
policy that lacks one of these hosts shows.
"""

from __future__ import annotations

import json

from playwright.sync_api import BrowserContext, Route

HOSTS = {"js.stripe.com", "api.stripe.com"}
WRONG = "Your card number is incomplete."
CARDS = {"4242": "pm_card_visa", "4341": "pm_card_visa_chargeDeclined"}  # as it is typed: PaymentMethods of Stripe's

SCRIPT = """
window.Stripe = (key, { locale }) => {
  let typed = "", frame;
  const heard = {};
  addEventListener("message", (event) => {
    if (event.origin === "https://js.stripe.com") typed = event.data;
  });
  const field = {
    mount(place) {
      frame = document.createElement("iframe");
      frame.style.width = "100%";  // as Stripe.js does
      frame.title = "Secure payment input frame";
      frame.src = "https://js.stripe.com/field.html?" + new URLSearchParams({ locale });
      frame.addEventListener("load", () => heard.ready?.());
      place.append(frame);
    },
    on: (name, call) => (heard[name] = call),
    focus: () => frame.focus(),
  };
  const elements = ({ mode, currency }) => ({
    create: (kind) => (kind === "payment" && mode === "setup" && currency === "eur" ? field : undefined),
    submit: async () => (typed.length < 4 ? { error: { message: "%s" } } : {}),
  });
  window.stripeStandIn = { fail: () => heard.loaderror?.({ error: { message: "no field" } }) };
  const createPaymentMethod = async () => {
    const headers = { Authorization: "Bearer " + key, "Content-Type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ "card[number]": typed });
    const answer = await fetch("https://api.stripe.com/v1/payment_methods", { method: "POST", headers, body });
    const made = await answer.json();
    return answer.ok ? { paymentMethod: made } : made;
  };
  return { elements, createPaymentMethod };
};
""".replace("%s", WRONG)

FIELD = """<!doctype html><title>Card</title><label>Card number <input></label>
<script>
  const input = document.querySelector("input");
  input.addEventListener("input", () => parent.postMessage(input.value, "*"));
</script>"""


class StripeJs:
    """Answers for Stripe's hosts in one browser window. `asked` are the bodies that `api.stripe.com` was sent."""

    def __init__(self, context: BrowserContext, *, loads: bool = True) -> None:
        self.asked: list[str] = []
        self._loads = loads
        context.route(lambda url: url.startswith("https://js.stripe.com/"), self._script)
        context.route("https://api.stripe.com/**", self._api)

    def _script(self, route: Route) -> None:
        if not self._loads:
            route.abort()
        elif "/field.html" in route.request.url:
            route.fulfill(content_type="text/html", body=FIELD)
        else:
            route.fulfill(content_type="text/javascript", body=SCRIPT)

    def _api(self, route: Route) -> None:
        headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
        if route.request.method == "OPTIONS":
            return route.fulfill(status=204, headers=headers)
        said = route.request.post_data or ""
        self.asked.append(said)
        number = said.rpartition("=")[2]
        made = {"id": CARDS[number]} if number in CARDS else {"error": {"message": "No such card."}}
        status = 200 if "id" in made else 402
        return route.fulfill(status=status, headers=headers, content_type="application/json", body=json.dumps(made))

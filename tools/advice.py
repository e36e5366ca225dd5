"""What a merchant does in each status (EV-10). The guide and the API's description are both written from here."""

import re
from enum import StrEnum
from pathlib import Path

from tillgate.domain.orders.order import OrderStatus as O
from tillgate.domain.payments.lifecycle import PaymentStatus as P

GUIDE = Path(__file__).parent.parent / "docs" / "merchant-guide.md"
NOTHING = "final: nothing"

ORDER: dict[O, str] = {
    O.UNPAID: "wait; send the shopper to the menu again if you like. It ends by itself when `expires_at` comes",
    O.PARTIALLY_PAID: "wait for the rest: a gift card covered a part, or you raised the amount",
    O.AUTHORIZED: "ship if `considered_safe` is there, then capture within seven days; cancel what you cannot deliver",
    O.PAID: "ship if `considered_safe` is there: a bank payment can still fail before it is booked",
    O.CANCELLED: "do not ship; create a new order if the shopper comes again",
    O.WITHDRAWN: "do not ship; create a new order if the shopper comes again",
    O.EXPIRED: "do not ship; create a new order if the shopper comes again",
    O.REFUNDED: "nothing: all was given back",
    O.MANUAL_INTERVENTION_NEEDED: "do not ship; your operator has been told",
}
PAYMENT: dict[P, str] = {
    P.CREATED: "send the shopper to `redirect.url`; after 30 minutes it is `EXPIRED`",
    P.SEEN: "wait: the shopper is at the page of `redirect.url`; after 30 minutes it is `EXPIRED`",
    P.PROCESSING: "wait; `sync` asks the PSP now. Another payment would be refused until the outcome is known",
    P.AUTHORIZED: "capture or cancel before `authorization_expires_at`",
    P.PARTIALLY_CAPTURED: "capture or cancel the rest before `authorization_expires_at`",
    P.CAPTURED: "nothing; refund if goods come back",
    P.MARKED: "nothing; the money comes with the next settlement",
    P.SETTLED: "nothing; refund if goods come back",
    P.PARTIALLY_REFUNDED: "nothing; refund if more goods come back",
    P.REFUNDED: NOTHING,
    P.CANCELLED: NOTHING,
    P.CAPTURE_VOIDED: "the money did not come after all: stop the delivery, or ask for another payment",
    P.WITHDRAWN: NOTHING,
    P.FAILED: "look at `reason_code`; let the shopper try again, with another method if it was refused. After "
    "`AUTHORIZED` it means that the money did not come after all: stop the delivery",
    P.EXPIRED: "do not ship; start another payment if the order is still open",
    P.PROCESSING_EXPIRED: "do not ship; start another payment if the order is still open",
    P.CANCEL_FAILED: "try once more, or ask your operator",
    P.REFUND_FAILED: "try once more, or ask your operator",
}


def table(advice: dict[O, str] | dict[P, str], subject: str) -> str:
    """Statuses with the same advice share a row."""
    rows: dict[str, list[StrEnum]] = {}
    for status, text in advice.items():
        rows.setdefault(text, []).append(status)
    lines = [f"| {', '.join(f'`{status}`' for status in statuses)} | {text} |" for text, statuses in rows.items()]
    return "\n".join([f"| {subject} | do |", "| --- | --- |", *lines])


def described(advice: dict[O, str] | dict[P, str]) -> str:
    """The same as a list, for the description of the API."""
    return "What to do in each:\n\n" + "\n".join(f"* `{status}`: {text}" for status, text in advice.items())


def render() -> str:
    """The guide with its two tables made anew, everything else as it stands."""
    guide = GUIDE.read_text()
    for made in (table(ORDER, "order"), table(PAYMENT, "payment")):
        head = re.escape(made.partition("\n")[0])
        parts = re.split(rf"^{head}\n(?:\|.*\n)+", guide, flags=re.MULTILINE)
        if len(parts) != 2:
            raise ValueError(f"the guide has {len(parts) - 1} tables that begin with {head}")
        guide = f"{made}\n".join(parts)
    return guide

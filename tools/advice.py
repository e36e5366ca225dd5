"""What a merchant does in each status (EV-10). Both the guide and the API's description are generated from here."""

import re
from enum import StrEnum
from pathlib import Path

from tillgate.domain.orders.order import OrderStatus as O
from tillgate.domain.payments.lifecycle import PaymentStatus as P
from tools import errors, instruments

GUIDE = Path(__file__).parent.parent / "docs" / "merchant-guide.md"
NOTHING = "final: nothing"

ORDER: dict[O, str] = {
    O.UNPAID: "wait; you can send the shopper to the menu again. The order expires at `expires_at`",
    O.PARTIALLY_PAID: "wait for the rest: a gift card covered part of the amount, or you raised it",
    O.AUTHORIZED: "ship if `considered_safe` is present, then capture before the hold ends; cancel the rest",
    O.PAID: "ship if `considered_safe` is present: a bank payment can still fail before it is booked",
    O.CANCELLED: "do not ship; create a new order if the shopper comes back",
    O.WITHDRAWN: "do not ship; create a new order if the shopper comes back",
    O.EXPIRED: "do not ship; create a new order if the shopper comes back",
    O.REFUNDED: "nothing: everything was refunded",
    O.MANUAL_INTERVENTION_NEEDED: "do not ship; your operator has been alerted",
}
PAYMENT: dict[P, str] = {
    P.CREATED: "send the shopper to `redirect.url`; after 30 minutes it is `EXPIRED`",
    P.SEEN: "wait: the shopper is on the page at `redirect.url`; after 30 minutes it is `EXPIRED`",
    P.PROCESSING: "wait, or query the PSP with `sync`. You cannot start another payment until the outcome is known",
    P.AUTHORIZED: "capture or cancel before `authorization_expires_at`; a day before, a notification reminds you",
    P.PARTIALLY_CAPTURED: "capture or cancel the rest before `authorization_expires_at`",
    P.CAPTURED: "nothing; refund if goods are returned",
    P.MARKED: "nothing; the money arrives with the next settlement",
    P.SETTLED: "nothing; refund if goods are returned",
    P.PARTIALLY_REFUNDED: "nothing; refund if more goods are returned",
    P.REFUNDED: NOTHING,
    P.CANCELLED: NOTHING,
    P.CAPTURE_VOIDED: "the money did not arrive after all: stop the delivery, or ask for another payment",
    P.WITHDRAWN: NOTHING,
    P.FAILED: "check `reason_code`; let the shopper try again, with another method if this one was declined. After "
    "`AUTHORIZED` it means that the money did not arrive after all: stop the delivery",
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
    """The same advice as a list, for the API's description."""
    return "What to do in each status:\n\n" + "\n".join(f"* `{status}`: {text}" for status, text in advice.items())


def render() -> str:
    """The guide with its generated parts made anew and everything else unchanged."""
    guide = GUIDE.read_text()
    for made in (table(ORDER, "order"), table(PAYMENT, "payment")):
        head = re.escape(made.partition("\n")[0])
        parts = re.split(rf"^{head}\n(?:\|.*\n)+", guide, flags=re.MULTILINE)
        if len(parts) != 2:
            raise ValueError(f"the guide has {len(parts) - 1} tables that begin with {head}")
        guide = f"{made}\n".join(parts)
    guide = with_section(guide, instruments.HEADING, instruments.section())
    return with_section(guide, errors.HEADING, errors.section())


def with_section(guide: str, heading: str, made: str) -> str:
    """The guide with that section, up to the next heading of the same level, made anew."""
    parts = re.split(rf"^{re.escape(heading)}\n(?s:.*?)(?=^## |\Z)", guide, flags=re.MULTILINE)
    if len(parts) != 2:
        raise ValueError(f"the guide has {len(parts) - 1} sections {heading}")
    return f"{made}\n".join(parts)

"""Stripe's events: verified, and read as "look at this one".

Stripe promises no order of events and may send one twice, and an event shows an object as it was. So an event says only
where to look, and what is true is asked: docs/adr/0116.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tillgate.connectors.stripe.intents import CASE
from tillgate.connectors.v1 import Malformed, NotAuthentic, Sent

TOLERANCE = 300  # the greatest age of a signature in seconds, as Stripe's own libraries have it
EVENTS = (
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "setup_intent.canceled",
    "setup_intent.setup_failed",
    "setup_intent.succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "charge.refunded",
    "refund.created",
    "refund.failed",
    "refund.updated",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "payout.canceled",
    "payout.failed",
    "payout.paid",
    "transfer.reversed",
)
_DIGITS = frozenset("0123456789")


def verify(sent: Sent, secrets: Iterable[str], now: datetime) -> None:
    """Raises `NotAuthentic` unless one of the secrets has signed it, just now."""
    parts = [part.partition("=")[::2] for part in sent.headers.get("stripe-signature", "").split(",")]
    stamp = next((value for name, value in parts if name.strip() == "t"), "")
    if not 0 < len(stamp) <= 12 or not _DIGITS.issuperset(stamp):
        raise NotAuthentic("the signature has no time")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE:
        raise NotAuthentic("the signature is too old")
    given = [value.strip().encode() for name, value in parts if name.strip() == "v1"]
    expected = [sign(secret, stamp, sent.body).encode() for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in expected for other in given):
        raise NotAuthentic("no secret of ours has signed it")


def sign(secret: str, stamp: str, body: bytes) -> str:
    """The value of a `v1` in `Stripe-Signature`."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def read(sent: Sent) -> tuple[str, str]:
    """The case that an event names, or the PaymentIntent that does; neither, if it is about nothing of ours.

    Raises `Malformed`.
    """
    try:
        event = json.loads(sent.body)
        return _named(event["data"]["object"]) if event["type"] in EVENTS else ("", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Malformed("this is no event of Stripe's") from error


def case_of(thing: Mapping[str, Any]) -> str:
    """Our case, by the metadata that we have sent; empty if there is none."""
    case = (thing.get("metadata") or {}).get(CASE)
    return case if isinstance(case, str) else ""


def _named(thing: Mapping[str, Any]) -> tuple[str, str]:
    """A refund of the dashboard and a dispute have no metadata of ours, but name the PaymentIntent."""
    intent = thing.get("payment_intent") if thing["object"] in ("refund", "dispute") else None
    return case_of(thing), intent if isinstance(intent, str) and intent.startswith("pi_") else ""

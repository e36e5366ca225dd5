"""What Stripe has paid out, line by line, so that the credit at the bank can be explained (IS-10).

Each automatic payout lists its balance transactions, with Stripe's fee. What is in no payout yet is not settled.
Payouts that somebody makes by hand list none: Stripe does not say what is in them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tillgate.connectors.stripe.amounts import from_stripe
from tillgate.connectors.stripe.intents import CASE
from tillgate.connectors.stripe.reading import instant
from tillgate.connectors.stripe.wire import JSON, Wire
from tillgate.connectors.v1 import Kind, Settlement

_LEEWAY = timedelta(days=14)  # a payout is made days before it arrives
_CAPTURES, _REFUNDS = ("charge", "payment"), ("refund", "payment_refund")


def settled(wire: Wire, since: datetime) -> Iterator[Settlement]:
    """The lines of all payouts that arrived since then. Raises `Unclear`."""
    created = {"gte": int((since - _LEEWAY).timestamp())}
    for payout in wire.every("payouts", {"created": created, "status": "paid"}):
        arrived = instant(payout["arrival_date"])
        if payout["automatic"] and arrived >= since - timedelta(days=1):  # `arrival_date` is a day, at midnight
            yield from _lines(wire, payout, arrived)


def _lines(wire: Wire, payout: JSON, arrived: datetime) -> Iterator[Settlement]:
    query = {"payout": payout["id"], "expand": ["data.source", "data.source.charge"]}
    for line in wire.every("balance_transactions", query):
        kind = Kind.CAPTURE if line["type"] in _CAPTURES else Kind.REFUND if line["type"] in _REFUNDS else None
        source = line["source"]
        case = _case(source) if kind else None
        if kind and case:
            currency = str(source["currency"]).upper()
            amount = source["amount_captured"] if kind is Kind.CAPTURE else source["amount"]
            same = line["currency"] == source["currency"]
            yield Settlement(
                case=case,
                state="SETTLED",
                currency=currency,
                amount=from_stripe(amount, currency),
                as_of=arrived,
                kind=kind,
                reference=source["id"],
                fee=from_stripe(line["fee"], currency) if same else 0,
                payout=payout["id"],
                payout_arrives_at=arrived,
            )


def _case(source: JSON) -> str | None:
    """A refund of the dashboard has no metadata of ours, but its charge has."""
    charge = source.get("charge")
    charged = charge.get("metadata") if isinstance(charge, dict) else None
    found = (source.get("metadata") or {}).get(CASE) or (charged or {}).get(CASE)
    return str(found) if found else None

"""What Stripe has paid out, line by line, so that the credit at the bank can be explained (IS-10).

Each automatic payout lists its balance transactions, with Stripe's fee. What is in no payout yet is not settled.
Of payouts that somebody makes by hand Stripe does not say what is in them.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from tillgate.connectors.stripe.amounts import from_stripe
from tillgate.connectors.stripe.intents import CASE
from tillgate.connectors.stripe.reading import instant
from tillgate.connectors.stripe.wire import JSON, Wire
from tillgate.connectors.v1 import BankCredit, Kind, Settlement

_LEEWAY = timedelta(days=14)  # a payout is made days before it arrives
_CAPTURES, _REFUNDS = ("charge", "payment"), ("refund", "payment_refund")
_ITSELF = "payout"  # the transaction that takes the payout from the balance
_BY_HAND = "manual_payout"


def settled(wire: Wire, since: datetime) -> Iterator[Settlement | BankCredit]:
    """The lines of all payouts that arrived since then, each followed by the payout itself. Raises `Unclear`."""
    created = {"gte": int((since - _LEEWAY).timestamp())}
    payouts = list(wire.every("payouts", {"created": created, "status": "paid"}, most_pages=None))
    for payout in sorted(payouts, key=lambda each: (each["arrival_date"], each["created"])):
        if instant(payout["arrival_date"]) >= since - timedelta(days=1):  # it is a day, at midnight
            yield from _told(wire, payout)


def _told(wire: Wire, payout: JSON) -> Iterator[Settlement | BankCredit]:
    arrived, currency = instant(payout["arrival_date"]), str(payout["currency"]).upper()
    others: Counter[str] = Counter()
    if payout["automatic"]:
        query = {"payout": payout["id"], "expand": ["data.source", "data.source.charge"]}
        for line in wire.every("balance_transactions", query, most_pages=None):
            if told := _line(line, payout, arrived):
                yield told
            elif line["type"] != _ITSELF:
                others[line["type"]] += from_stripe(line["net"], currency)
    else:
        others[_BY_HAND] = from_stripe(payout["amount"], currency)
    yield BankCredit(
        payout=payout["id"],
        currency=currency,
        amount=from_stripe(payout["amount"], currency),
        arrives_at=arrived,
        others=others,
    )


def _line(line: JSON, payout: JSON, arrived: datetime) -> Settlement | None:
    kind = Kind.CAPTURE if line["type"] in _CAPTURES else Kind.REFUND if line["type"] in _REFUNDS else None
    source = line["source"]
    case = _case(source) if kind else None
    if kind is None or case is None:
        return None
    currency = str(source["currency"]).upper()
    amount = source["amount_captured"] if kind is Kind.CAPTURE else source["amount"]
    same = line["currency"] == source["currency"]
    return Settlement(
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
        net=from_stripe(line["net"], str(line["currency"]).upper()),
    )


def _case(source: JSON) -> str | None:
    """A refund of the dashboard has no metadata of ours, but its charge has."""
    charge = source.get("charge")
    charged = charge.get("metadata") if isinstance(charge, dict) else None
    found = (source.get("metadata") or {}).get(CASE) or (charged or {}).get(CASE)
    return str(found) if found else None

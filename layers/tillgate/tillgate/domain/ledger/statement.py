"""A vendor's statement as CSV."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import takewhile

from tillgate.domain.ledger.entries import CLEARING, FEES, Entry
from tillgate.domain.shared.csv_cells import safe
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.time_zones import local

COLUMNS = (
    *("date", "kind", "reference", "gross", "fee", "amount", "balance", "currency", "payout"),
    *("connector", "connector_balance", "owed", "by", "reason"),
)


def statement(
    entries: Iterable[Entry],
    currency: str,
    since: datetime | None = None,
    until: datetime | None = None,
    zone: str = "UTC",
) -> str:
    """A vendor's account in one currency as CSV, oldest first; amounts in decimal notation (49.99, 50, 1.250).

    `connector_balance` is the vendor's balance at one PSP: it is paid out unless it is below zero. `owed` is the part
    of an entry that this balance did not cover: these parts explain a negative balance. With `since`, the first line
    for each PSP is its opening balance, and earlier entries are left out. `until`: what is later is left out.

    Dates are as the clocks of `zone` show them.
    """
    text = io.StringIO()
    out = csv.DictWriter(text, COLUMNS, restval="")
    out.writeheader()
    of_connector: dict[str, int] = defaultdict(int)
    is_open = since is None
    for entry in takewhile(lambda entry: until is None or entry.at < until, entries):
        if not is_open and since and entry.at >= since:
            out.writerows(_opening(of_connector, currency, _date(since, zone)))
            is_open = True
        of_connector[entry.connector] += entry.earned
        if is_open:
            row = _row(entry, sum(of_connector.values()), of_connector[entry.connector])
            out.writerow(row | {"date": _date(entry.at, zone)})
    if not is_open and since:
        out.writerows(_opening(of_connector, currency, _date(since, zone)))
    return text.getvalue()


def _opening(of_connector: dict[str, int], currency: str, since: str) -> list[dict[str, str]]:
    balance = _written(sum(of_connector.values()), currency)
    return [
        {
            "date": since,
            "kind": "opening_balance",
            "balance": balance,
            "currency": currency,
            "connector": connector,
            "connector_balance": _written(amount, currency),
            "owed": _written(max(0, -amount), currency),
        }
        for connector, amount in sorted(of_connector.items())
    ]


def _row(entry: Entry, balance: int, connector_balance: int) -> dict[str, str]:
    of = {posting.account: posting.amount for posting in entry.postings}
    numbers = {
        "gross": of.get(CLEARING, 0),
        "fee": -of.get(FEES, 0),
        "amount": entry.earned,
        "balance": balance,
        "connector_balance": connector_balance,
        "owed": max(0, min(-entry.earned, -connector_balance)),
    }
    return {name: _written(number, entry.currency) for name, number in numbers.items()} | {
        "kind": entry.kind,
        "reference": safe(entry.reference),
        "currency": entry.currency,
        "payout": entry.payout_id or "",
        "connector": entry.connector,
        "by": safe(entry.by or ""),
        "reason": safe(entry.reason or ""),
    }


def _date(at: datetime, zone: str) -> str:
    return local(at, zone).isoformat(timespec="seconds").replace("+00:00", "Z")


def _written(amount: int, currency: str) -> str:
    return str(Decimal(amount).scaleb(-DECIMALS[currency]))

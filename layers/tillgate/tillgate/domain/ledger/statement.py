"""A vendor's statement as CSV."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from tillgate.domain.ledger.entries import CLEARING, FEES, Entry
from tillgate.domain.shared.currencies import DECIMALS


def statement(entries: Iterable[Entry]) -> str:
    """A vendor's account in one currency as CSV, oldest first; amounts as people write them (49.99, 50, 1.250)."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(["date", "kind", "reference", "gross", "fee", "amount", "balance", "currency", "payout"])
    balance = 0
    for entry in entries:
        balance += entry.earned
        of = {posting.account: posting.amount for posting in entry.postings}
        numbers = (of.get(CLEARING, 0), -of.get(FEES, 0), entry.earned, balance)
        written = [_written(number, entry.currency) for number in numbers]
        date = entry.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        out.writerow([date, entry.kind, _safe(entry.reference), *written, entry.currency, entry.payout_id or ""])
    return text.getvalue()


def _written(amount: int, currency: str) -> str:
    return str(Decimal(amount).scaleb(-DECIMALS[currency]))


def _safe(text: str) -> str:
    """A reference that a spreadsheet would take for a formula is shown as text."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text

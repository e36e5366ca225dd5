"""What vendors have earned, double entry: every entry's postings add up to zero, so all accounts always do.

| what happened | PSP clearing | vendor | fees |
| --- | --- | --- | --- |
| captured 100, fee 7 | +100 | -93 | -7 |
| refunded 30 | -30 | +30 | |
| the bank took it back (100 captured, fee 7) | -100 | +93 | +7 |
| paid out 63 | -63 | +63 | |
| that payout came back | +63 | -63 | |

A debit is positive. A vendor's account stands below zero as long as we owe him; a refund after a payout lifts it above,
and the next payout is less by it. A fee that was kept of a capture stays kept when it is refunded: what the merchant
gives back of it is the merchant's own matter. Entries follow from a change of a vendor payment and are saved with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment

CLEARING, FEES = "psp_clearing", "fees"
HOLD = timedelta(days=7)  # how long captured money is kept back before it is paid out, unless configured otherwise


@dataclass(frozen=True, slots=True)
class Posting:
    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class Account:
    """What one vendor has at one PSP in one currency: paid out together."""

    merchant_id: str
    vendor_id: str
    currency: str
    connector: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to money of one vendor. `payout_id` names the payout that it was part of."""

    entry_id: str
    at: datetime
    currency: str
    vendor_id: str
    kind: str  # capture, refund, reversal, payout, payout_return
    reference: str  # the sub-order's, or the payout's
    postings: tuple[Posting, ...]
    payout_id: str | None = None
    merchant_id: str = ""
    connector: str = "sandbox"  # entries from before it was written are all of that one

    @property
    def account(self) -> Account:
        return Account(self.merchant_id, self.vendor_id, self.currency, self.connector)

    @property
    def is_held(self) -> bool:
        """Captured money is kept back for a while, everything else counts at once."""
        return self.kind == "capture"

    @property
    def earned(self) -> int:
        """What the vendor gets by it; below zero for what is taken from him."""
        account = vendor_account(self.vendor_id)
        return -sum(posting.amount for posting in self.postings if posting.account == account)


def vendor_account(vendor_id: str) -> str:
    return f"vendor:{vendor_id}"


def entries_of(before: Order, after: Order) -> list[Entry]:
    """What a change of a vendor payment means in the ledger; empty where no money was taken or given back."""
    if after.share is None:
        return []
    was, now = before.payments[0], after.payments[0]
    captured, refunded = now.captured - was.captured, now.refunded - was.refunded
    kept = fee_kept(after, now) - fee_kept(before, was)
    found = []
    if captured:
        kind = "capture" if captured > 0 else "reversal"
        found.append(_entry(after, kind, {CLEARING: captured, FEES: -kept}, kept - captured))
    if refunded:
        found.append(_entry(after, "refund", {CLEARING: -refunded}, refunded))
    return found


def _entry(part: Order, kind: str, others: dict[str, int], vendors: int) -> Entry:
    vendor_id = part.share.vendor_id if part.share else ""
    postings = {**others, vendor_account(vendor_id): vendors}
    return Entry(
        entry_id=f"{part.payments[0].payment_id}@{part.version}-{kind}",
        at=part.updated_at,
        currency=part.currency,
        vendor_id=vendor_id,
        kind=kind,
        reference=part.order_reference,
        postings=tuple(Posting(account, amount) for account, amount in postings.items() if amount),
        merchant_id=part.merchant_id,
        connector=part.payments[0].connector,
    )


def fee_kept(part: Order, payment: Payment) -> int:
    """The fees of the captures that stand; the agreed one where the money was captured with the technical payment."""
    if payment.captured == 0:
        return 0
    captures = [op for op in payment.operations if op.type is OperationType.CAPTURE]
    if not captures and part.share:
        return min(part.share.fee, payment.captured)
    return sum(op.fee for op in captures if op.status is OperationStatus.SUCCEEDED)


def paid_out(account: Account, amount: int, key: str, payout_id: str, at: datetime) -> Entry:
    """`key` names the attempt that the PSP has paid."""
    return _moved(account, "payout", amount, key, at, payout_id)


def returned(account: Account, amount: int, key: str, at: datetime) -> Entry:
    """What came back is owed again: the next payout takes it."""
    return _moved(account, "payout_return", -amount, f"{key}-return", at, None)


def _moved(account: Account, kind: str, amount: int, entry_id: str, at: datetime, payout_id: str | None) -> Entry:
    return Entry(
        entry_id=entry_id,
        at=at,
        currency=account.currency,
        vendor_id=account.vendor_id,
        kind=kind,
        reference=entry_id.partition("-")[0],
        postings=(Posting(CLEARING, -amount), Posting(vendor_account(account.vendor_id), amount)),
        payout_id=payout_id,
        merchant_id=account.merchant_id,
        connector=account.connector,
    )


def is_balanced(entry: Entry) -> bool:
    return sum(posting.amount for posting in entry.postings) == 0


def balances(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """By account and currency; their sum in each currency is zero."""
    found: dict[tuple[str, str], int] = {}
    for entry in entries:
        for posting in entry.postings:
            key = (posting.account, entry.currency)
            found[key] = found.get(key, 0) + posting.amount
    return found


def totals(entries: Iterable[Entry], of: Mapping[str, int]) -> dict[str, int]:
    """What entries come to, added to `of`: captured - fees - refunded + returned is what the vendor gets by them."""
    found = dict.fromkeys(("captured", "fees", "refunded", "returned"), 0) | dict(of)
    for entry in entries:
        amounts = {posting.account: posting.amount for posting in entry.postings}
        moved = amounts.get(CLEARING, 0)
        found["fees"] -= amounts.get(FEES, 0)
        if entry.kind == "refund":
            found["refunded"] -= moved
        else:
            found["returned" if entry.kind == "payout_return" else "captured"] += moved
    return found

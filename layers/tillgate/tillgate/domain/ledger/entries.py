"""Vendors' earnings in double entry: the postings of each entry add up to zero, and so do all accounts.

| event | PSP clearing | vendor | fees | adjustments |
| --- | --- | --- | --- | --- |
| captured 100, fee 7 | +100 | -93 | -7 | |
| refunded 30, the fee returned in proportion | -30 | +28 | +2 | |
| refunded 30, the fee kept | -30 | +30 | | |
| that refund failed later | +30 | -28 | -2 | |
| disputed 30: the bank has debited it | -30 | as a refund | | |
| that dispute was won | +30 | as a refund that failed | | |
| the bank took everything back (100 captured, 30 refunded) | -100 | +95 | +5 | |
| an operator grants 5, or takes 5 | | -5, +5 | | +5, -5 |
| paid out 63 | -63 | +63 | | |
| that payout was returned | +63 | -63 | | |

A debit is positive. A vendor's account is below zero as long as we owe the vendor; a refund after a payout can lift it
above zero and reduces the next payout. The vendor payment, or the single-vendor order with each of its payments, says
whose sale it is. Entries follow from a change and are saved with it. They are the difference between two states of the
books (`earned_by`), never a separate sum: so the books equal the payments for any order of events, and partial refunds
that add up to the captured amount return the whole fee to the minor unit.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tillgate.domain.orders.order import Order, RefundsCommission
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.identifiers import order_key_of
from tillgate.domain.shared.modes import Mode

CLEARING, FEES, ADJUSTMENTS = "psp_clearing", "fees", "adjustments"
HOLD = timedelta(days=7)  # how long captured money is withheld before it is paid out, unless configured otherwise


@dataclass(frozen=True, slots=True)
class Posting:
    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class Account:
    """One vendor's money at one PSP in one currency: paid out together."""

    merchant_id: str
    vendor_id: str
    currency: str
    connector: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of one vendor's money. `payout_id` names the payout that it is part of."""

    entry_id: str
    at: datetime
    currency: str
    vendor_id: str
    kind: str  # capture, refund, refund_failed, dispute, dispute_won, reversal, adjustment, payout, payout_return
    reference: str  # the order's or sub-order's, the payout's, the key of an adjustment
    postings: tuple[Posting, ...]
    payout_id: str | None = None
    merchant_id: str = ""
    connector: str = "sandbox"  # older entries do not name it; all of them are from this one
    by: str | None = None  # who adjusted, and why
    reason: str | None = None

    @property
    def account(self) -> Account:
        return Account(self.merchant_id, self.vendor_id, self.currency, self.connector)

    @property
    def order_key(self) -> str | None:
        """The order whose sale it is of; None for what is no sale."""
        payment_id, of_sale, _ = self.entry_id.partition("@")
        return order_key_of(payment_id) if of_sale else None

    @property
    def is_held(self) -> bool:
        """Captured money is withheld for a while; everything else counts at once."""
        return self.kind == "capture"

    @property
    def earned(self) -> int:
        """What the vendor earns by it; negative if money is taken from the vendor."""
        account = vendor_account(self.vendor_id)
        return -sum(posting.amount for posting in self.postings if posting.account == account)


def vendor_account(vendor_id: str) -> str:
    return f"vendor:{vendor_id}"


def vendor_of(order: Order) -> str | None:
    """The vendor of a vendor payment or of a single-vendor order; None if it is the merchant's own sale."""
    return order.share.vendor_id if order.share else order.terms.vendor_id


def entries_of(before: Order, after: Order) -> list[Entry]:
    """The ledger entries for a change of a vendor's sale; empty if no money was taken or given back.

    A PSP's test money earns a vendor nothing: it would be paid out in real money once the merchant is live (GO-8).
    """
    vendor_id = vendor_of(after)
    if vendor_id is None:
        return []
    real = (payment for payment in after.payments if payment.mode is not Mode.TEST)
    return [entry for payment in real for entry in _entries_of_payment(before, after, payment, vendor_id)]


def _entries_of_payment(before: Order, after: Order, payment: Payment, vendor_id: str) -> Iterator[Entry]:
    """An entry for each sum that has changed. The fee that each of them returns is calculated step by step."""
    known = before.payment(payment.payment_id)
    was, now = earned_by(before, known), earned_by(after, payment)
    undisputed = replace(payment, disputes=known.disputes if known else ())
    refunded = earned_by(after, undisputed)
    captured = earned_by(after, replace(undisputed, refunded=was.refunded))
    if captured.captured != was.captured or captured.fee != was.fee:
        moved = captured.captured - was.captured
        kind = "capture" if moved > 0 else "reversal"
        yield _entry(after, payment, vendor_id, kind, moved, captured.fee - was.fee)
    if now.refunded != was.refunded:
        kind = "refund" if now.refunded > was.refunded else "refund_failed"
        yield _entry(after, payment, vendor_id, kind, was.refunded - now.refunded, refunded.fee - captured.fee)
    if now.disputed != was.disputed:
        kind = "dispute" if now.disputed > was.disputed else "dispute_won"
        yield _entry(after, payment, vendor_id, kind, was.disputed - now.disputed, now.fee - refunded.fee)


def _entry(order: Order, payment: Payment, vendor_id: str, kind: str, moved: int, fee: int) -> Entry:
    """`moved` has arrived in PSP clearing; `fee` of it is withheld, the rest is the vendor's."""
    postings = {CLEARING: moved, FEES: -fee, vendor_account(vendor_id): fee - moved}
    return Entry(
        entry_id=f"{payment.payment_id}@{order.version}-{kind}",
        at=order.updated_at,
        currency=order.currency,
        vendor_id=vendor_id,
        kind=kind,
        reference=order.order_reference,
        postings=tuple(Posting(account, amount) for account, amount in postings.items() if amount),
        merchant_id=order.merchant_id,
        connector=payment.connector,
    )


@dataclass(frozen=True, slots=True)
class Earned:
    """The books of a payment. `fee` is the commission kept; the vendor has captured - refunded - disputed - fee."""

    captured: int = 0
    refunded: int = 0
    disputed: int = 0
    fee: int = 0


def earned_by(order: Order, payment: Payment | None) -> Earned:
    """The books of one payment. Surplus money is nobody's sale: it is returned."""
    if payment is None or payment.surplus:
        return Earned()
    return Earned(payment.captured, payment.refunded, _disputed(payment), fee_kept(order, payment))


def _disputed(payment: Payment) -> int:
    """What banks have debited for disputes, even if it had been refunded before: then it is gone twice."""
    return min(payment.disputed, payment.captured)


def fee_kept(order: Order, payment: Payment) -> int:
    """The fee that is kept of a payment: the fee of its successful captures, less what is returned with the money.

    Money that a bank took back returns its share of the fee; so does a refund or dispute, if that was the account's
    setting when the order was created. The returned fee is rounded down; with all the money, all of the fee goes back.
    """
    fee, taken = _agreed(order, payment)
    gone = taken - payment.captured
    if order.refunds_commission is RefundsCommission.PROPORTIONAL:
        gone += payment.refunded + _disputed(payment)
    return fee - fee * min(gone, taken) // taken if taken else 0


def _agreed(order: Order, payment: Payment) -> tuple[int, int]:
    """The fees and amounts of successful captures; for money taken at once, the agreed fee and that amount."""
    captures = [op for op in payment.operations if op.type is OperationType.CAPTURE]
    if captures:
        stand = [op for op in captures if op.status is OperationStatus.SUCCEEDED]
        return sum(op.fee for op in stand), sum(op.amount for op in stand)
    taken = payment.authorization.amount if payment.captured or payment.refunded else 0
    return min(order.share.fee if order.share else 0, taken), taken


def adjusted(account: Account, amount: int, key: str, at: datetime, *, by: str, reason: str) -> Entry:
    """An operator grants the vendor `amount` (minor units), or takes it (negative). No PSP moves money for it."""
    return Entry(
        entry_id=f"adj-{key}",
        at=at,
        currency=account.currency,
        vendor_id=account.vendor_id,
        kind="adjustment",
        reference=key,
        postings=(Posting(ADJUSTMENTS, amount), Posting(vendor_account(account.vendor_id), -amount)),
        merchant_id=account.merchant_id,
        connector=account.connector,
        by=by,
        reason=reason,
    )


def paid_out(account: Account, amount: int, key: str, payout_id: str, at: datetime) -> Entry:
    """`key` names the attempt that the PSP has paid."""
    return _moved(account, "payout", amount, key, at, payout_id)


def returned(account: Account, amount: int, key: str, at: datetime) -> Entry:
    """The returned amount is owed again: the next payout includes it."""
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
    """The balance by account and currency; the balances of each currency add up to zero."""
    found: dict[tuple[str, str], int] = {}
    for entry in entries:
        for posting in entry.postings:
            key = (posting.account, entry.currency)
            found[key] = found.get(key, 0) + posting.amount
    return found


def totals(entries: Iterable[Entry], of: Mapping[str, int]) -> dict[str, int]:
    """The sums of entries, plus `of`. The vendor gets captured - fees - refunded - disputed + returned + adjusted."""
    found = dict.fromkeys(("captured", "fees", "refunded", "disputed", "returned", "adjusted"), 0) | dict(of)
    for entry in entries:
        amounts = {posting.account: posting.amount for posting in entry.postings}
        moved = amounts.get(CLEARING, 0)
        found["fees"] -= amounts.get(FEES, 0)
        found["adjusted"] += amounts.get(ADJUSTMENTS, 0)
        if entry.kind in ("refund", "refund_failed"):
            found["refunded"] -= moved
        elif entry.kind in ("dispute", "dispute_won"):
            found["disputed"] -= moved
        else:
            found["returned" if entry.kind == "payout_return" else "captured"] += moved
    return found

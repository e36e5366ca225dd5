"""A split: PAY for thousands of vendors at once (TH-4, TH-5). Its state and its next steps; pure.

    RUNNING ──┬─ every part succeeded ───────────────────────────── SUCCEEDED
              ├─ some failed, on_failure partial ────────────────── PARTIAL (CANCELLED if none succeeded)
              └─ one failed, on_failure cancel_all ── undoing ──┬── CANCELLED
                                     ▲                          └── MANUAL_INTERVENTION_NEEDED
                                     └───── an operator retries ──────────────┘

Its total is reserved in one write when it is made; the part that no vendor payment took is returned when it ends. A
part is one vendor payment, found by its sub-order reference, so a repeated run finds it done. A split can be killed at
any moment and run again from the start.

The unwinding of a multi-vendor order is a split too: one that undoes from the start.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.shared.identifiers import vendor_key, vendor_payment_id
from tillgate.domain.shared.refusals import AmountExceedsAvailable, Refusal

MOST_PARTS = 10_000
BATCH = 50  # parts per call of the function: a few seconds, and few transitions


class SplitStatus(StrEnum):
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTIAL = "PARTIAL"
    CANCELLED = "CANCELLED"
    MANUAL_INTERVENTION_NEEDED = "MANUAL_INTERVENTION_NEEDED"


class PartState(StrEnum):
    PENDING = "PENDING"  # not begun, or at the PSP
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"  # undone, or never begun because another part had failed
    MANUAL_INTERVENTION_NEEDED = "MANUAL_INTERVENTION_NEEDED"  # could not be undone; can be retried


@dataclass(frozen=True, slots=True)
class Part:
    vendor_id: str
    amount: int
    sub_order_reference: str
    fee: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a part. `took`: a vendor payment was made, so its amount is no longer reserved by the split."""

    state: PartState = PartState.PENDING
    took: bool = False
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """An operator had a split retry what could not be undone."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Split:
    """`reserved`: the amount it has allotted. `undoing`: a part has failed and all parts are being cancelled."""

    split_id: str
    order_key: str
    merchant_id: str
    technical_payment_id: str
    amount: int
    parts: int
    reserved: int
    cancel_all: bool
    created_at: datetime
    updated_at: datetime
    status: SplitStatus = SplitStatus.RUNNING
    undoing: bool = False
    version: int = 1
    run: int = 1  # counts the executions that were started for it
    rounds: int = 0
    retried: Retry | None = None
    closes_apart: bool = False  # parts are closed by items of their own; of splits made before, in their batches

    @property
    def is_unwinding(self) -> bool:
        """It undoes the vendor payments of an order that is ending."""
        return not self.technical_payment_id

    @property
    def key(self) -> str:
        return f"{self.order_key}#{self.split_id}"

    @property
    def batches(self) -> int:
        return -(-self.parts // BATCH)

    @property
    def on_failure(self) -> str:
        return "cancel_all" if self.cancel_all else "partial"


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of parts of a batch by state, and what its vendor payments took of the reserved amount."""

    pending: int = 0
    succeeded: int = 0
    failed: int = 0
    stuck: int = 0
    took: int = 0


def new_split(
    order: Order, technical_payment_id: str, parts: Sequence[Part], *, cancel_all: bool, reserved: int, now: datetime
) -> Split:
    return Split(
        split_id=_id(order, technical_payment_id, parts, cancel_all),
        order_key=order.order_key,
        merchant_id=order.merchant_id,
        technical_payment_id=technical_payment_id,
        amount=sum(part.amount for part in parts),
        parts=len(parts),
        reserved=reserved,
        cancel_all=cancel_all,
        created_at=now,
        updated_at=now,
        closes_apart=True,
    )


def unwinding(order: Order, parts: Sequence[Part], now: datetime) -> Split:
    """Undoes the vendor payments of an order that is ending."""
    split = new_split(order, "", parts, cancel_all=True, reserved=0, now=now)
    return replace(split, split_id=unwinding_id(order), undoing=True)


def unwinding_id(order: Order) -> str:
    """One per order."""
    return _id(order, "unwinding", (), cancel_all=True)


def _id(order: Order, technical_payment_id: str, parts: Iterable[Part], cancel_all: bool) -> str:
    """Derived from the request's content, so that a repeated request is the same split."""
    digest = hashlib.sha256(f"{order.order_key}|{technical_payment_id}|{cancel_all}".encode())
    for part in parts:
        vendor_id, reference = _escaped(part.vendor_id), _escaped(part.sub_order_reference)
        digest.update(f"|{vendor_id}|{part.amount}|{part.fee}|{reference}".encode())
    return "spl_" + base64.b32encode(digest.digest()[:16]).decode().rstrip("=").lower()


def _escaped(text: str) -> str:
    """Escapes separators, so that no reference reads like the next part of another list."""
    return text.replace("\\", "\\\\").replace("|", "\\|")


def check_parts(parts: Sequence[Part]) -> None:
    """Raises a `Refusal` that points at the invalid part."""
    seen: dict[str, int] = {}
    for number, part in enumerate(parts):
        if part.fee > part.amount:
            raise AmountExceedsAvailable("the fee is more than the amount", f"/parts/{number}/fee")
        first = seen.setdefault(part.sub_order_reference, number)
        if first != number:
            raise Refusal(f"part {first} has the same reference", f"/parts/{number}/sub_order_reference")


def state_of(payment_order: Order) -> Result:
    """The result of a part, derived from its vendor payment."""
    payment = payment_order.payments[0]
    if payment_order.pending or payment_order.ending:
        state = PartState.PENDING
    elif payment_order.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED:
        state = PartState.MANUAL_INTERVENTION_NEEDED
    elif payment_order.ended:
        state = PartState.CANCELLED
    else:
        failed = payment.authorized == 0 or payment.is_gone or payment.surplus
        state = PartState.FAILED if failed else PartState.SUCCEEDED
    return Result(state, took=True, reason_code=payment.reason_code)


def payment_id_of(split: Split, part: Part) -> str:
    return vendor_payment_id(vendor_key(split.order_key, part.sub_order_reference))


def tally(parts: Sequence[Part], results: Sequence[Result]) -> Tally:
    """Parts without a result are pending."""
    counts = dict.fromkeys(PartState, 0)
    for result in results:
        counts[result.state] += 1
    return Tally(
        pending=counts[PartState.PENDING] + len(parts) - len(results),
        succeeded=counts[PartState.SUCCEEDED],
        failed=counts[PartState.FAILED],
        stuck=counts[PartState.MANUAL_INTERVENTION_NEEDED],
        took=sum(part.amount for part, result in zip(parts, results, strict=False) if result.took),
    )


def next_round(split: Split, tallies: Mapping[int, Tally], now: datetime) -> tuple[Split, list[int]]:
    """The split after a round, and the batches to run (again): none once it has ended."""
    split = replace(split, updated_at=now, rounds=split.rounds + 1)
    failed = any(one.failed for one in tallies.values())
    if split.cancel_all and failed:
        split = replace(split, undoing=True)
    again = [number for number, one in tallies.items() if one.pending or (split.undoing and one.succeeded)]
    if again:
        return split, again
    return replace(split, status=_outcome(split, tallies.values())), []


def retried(split: Split, retry: Retry) -> Split:
    """The split after an operator had it retry what could not be undone."""
    return replace(split, status=SplitStatus.RUNNING, retried=retry, updated_at=retry.at)


def _outcome(split: Split, tallies: Iterable[Tally]) -> SplitStatus:
    whole = list(tallies)
    if any(one.stuck for one in whole):
        return SplitStatus.MANUAL_INTERVENTION_NEEDED
    if split.undoing or not any(one.succeeded for one in whole):
        return SplitStatus.CANCELLED
    return SplitStatus.PARTIAL if any(one.failed for one in whole) else SplitStatus.SUCCEEDED


def given_back(split: Split, tallies: Iterable[Tally]) -> int:
    """The part of the reserved amount that no vendor payment took."""
    return split.reserved - sum(one.took for one in tallies)

"""Operations: the requests to a PSP that a payment consists of, and the state of each (IS-11).

Amounts are minor units, gross; instants are UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tillgate.domain.payments.lifecycle import PaymentStatus


class Actor(StrEnum):
    """Who caused an event."""

    MERCHANT = "merchant"
    SHOPPER = "shopper"
    PSP = "psp"
    SYSTEM = "system"
    OPERATOR = "operator"


class OperationType(StrEnum):
    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    CANCEL = "cancel"
    REFUND = "refund"
    CLOSE = "close"  # tells the PSP that the shopper is no longer awaited: nothing can be authorized after it
    REVERSAL = "reversal"  # the PSP or a bank took captured money back; never requested by us


class OperationStatus(StrEnum):
    """The state of one request to a PSP. It only grows along `rank`, so facts may arrive in any order."""

    OBSERVED = "OBSERVED"  # the PSP reported it without a request of ours; impossible in the current state
    REQUESTED = "REQUESTED"  # recorded, being sent; if the sender died, the outcome is unknown
    UNKNOWN = "UNKNOWN"  # sent, but the answer was lost; never treated as a failure
    AWAITING_SHOPPER = "AWAITING_SHOPPER"
    PENDING = "PENDING"  # the PSP has it and will report later
    FAILED = "FAILED"
    SUCCEEDED = "SUCCEEDED"
    REVERSED = "REVERSED"  # succeeded, then failed later (EV-9, GO-13)

    @property
    def rank(self) -> int:
        return _RANKS[self]

    @property
    def at_psp(self) -> bool:
        """The PSP may be working on it: the amount is reserved and the payment is `pending` (IS-11)."""
        return self in _AT_PSP


_RANKS = {status: rank for rank, status in enumerate(OperationStatus)}
_AT_PSP = (OperationStatus.REQUESTED, OperationStatus.UNKNOWN, OperationStatus.PENDING)


class RefundReason(StrEnum):
    """Why a merchant refunds."""

    REQUESTED_BY_CUSTOMER = "REQUESTED_BY_CUSTOMER"
    GOODS_RETURNED = "GOODS_RETURNED"
    NOT_DELIVERED = "NOT_DELIVERED"
    DEFECTIVE = "DEFECTIVE"
    PRICE_ADJUSTMENT = "PRICE_ADJUSTMENT"
    DUPLICATE = "DUPLICATE"
    FRAUDULENT = "FRAUDULENT"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A PSP's report on an operation that was impossible at the time. It is tested against every later state."""

    status: OperationStatus
    amount: int
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One request to a PSP, or an operation that the PSP did by itself (`requested_by` PSP, GO-13).

    The id of a request is also its idempotency key. `psp_reference` is the PSP's own reference for this operation: a
    fact that names no request of ours is matched by it, never by amount.
    """

    operation_id: str
    type: OperationType
    amount: int
    status: OperationStatus
    requested_at: datetime
    requested_by: Actor
    final: bool = False  # a capture that releases the rest of the hold
    fee: int = 0  # commission withheld from a vendor (TH-6)
    reason: str | None = None  # why the merchant refunds, in the merchant's words
    refund_reason: str | None = None  # the same as a `RefundReason`
    settled_at: datetime | None = None  # of a refund: when we learned that it had succeeded, and it still has
    reason_code: str | None = None
    ends_as: PaymentStatus | None = None  # the payment's status after a close or a lapse
    next_check_at: datetime | None = None  # when to query the PSP if it has not reported
    checks: int = 0
    psp_reference: str | None = None
    as_of: datetime | None = None  # the time that the PSP gives for it, if any
    acknowledged: bool = False  # an operator has seen that it failed after it had succeeded
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def waits_for_person(self) -> bool:
        """An operator has to do it and report when it is done: no PSP can be queried."""
        return self.status is OperationStatus.PENDING and self.next_check_at is None

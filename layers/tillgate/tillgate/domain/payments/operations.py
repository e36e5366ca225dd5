"""Operations: the requests to a PSP that a payment consists of, and how far each is (IS-11).

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
    CLOSE = "close"  # tells the PSP that nobody will come any more: nothing can be authorized after it
    REVERSAL = "reversal"  # the PSP or a bank took captured money back; never requested by us


class OperationStatus(StrEnum):
    """How far one request to a PSP is. What is known only grows along `rank`, so facts may come in any order."""

    OBSERVED = "OBSERVED"  # the PSP tells of it unasked, and what it tells cannot be true as things stand
    REQUESTED = "REQUESTED"  # recorded, being sent; if the sender died its outcome is unknown
    UNKNOWN = "UNKNOWN"  # sent, the answer was lost; never taken for a failure
    AWAITING_SHOPPER = "AWAITING_SHOPPER"
    PENDING = "PENDING"  # the PSP has it and will say later
    FAILED = "FAILED"
    SUCCEEDED = "SUCCEEDED"
    REVERSED = "REVERSED"  # succeeded, and failed later: its success is taken back (EV-9, GO-13)

    @property
    def rank(self) -> int:
        return _RANKS[self]

    @property
    def at_psp(self) -> bool:
        """The PSP may be working on it: the amount is reserved and the payment is `pending` (IS-11)."""
        return self in _AT_PSP


_RANKS = {status: rank for rank, status in enumerate(OperationStatus)}
_AT_PSP = (OperationStatus.REQUESTED, OperationStatus.UNKNOWN, OperationStatus.PENDING)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What the PSP said of an operation that could not be true then. It is held against every later state."""

    status: OperationStatus
    amount: int
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One request to a PSP, or what a PSP did unasked (`requested_by` PSP, GO-13).

    The id of a request is the idempotency key it is sent with. `psp_reference` is the PSP's own reference of this very
    operation: by it, and never by amount, a fact that names no request of ours finds its operation.
    """

    operation_id: str
    type: OperationType
    amount: int
    status: OperationStatus
    requested_at: datetime
    requested_by: Actor
    final: bool = False  # a capture that releases what it leaves
    fee: int = 0  # commission kept back from a vendor (TH-6)
    reason: str | None = None  # why the merchant refunds, in the merchant's words
    reason_code: str | None = None
    ends_as: PaymentStatus | None = None  # what a close or a lapse makes of the payment
    next_check_at: datetime | None = None  # when to ask the PSP if nothing was heard
    checks: int = 0
    psp_reference: str | None = None
    as_of: datetime | None = None  # when the PSP says that it was so, as far as it says
    acknowledged: bool = False  # an operator has seen that it failed after it had succeeded
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def waits_for_person(self) -> bool:
        """An operator has to do it and says when it is done: there is no PSP that could be asked."""
        return self.status is OperationStatus.PENDING and self.next_check_at is None

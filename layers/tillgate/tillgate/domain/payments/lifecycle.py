"""The whole life of a payment, in one table (IS-10, IS-11, EV-3, TH-11).

`LIFECYCLE` holds every step a payment can take: from a status, because of a cause, to a status. `step` is the only way
to change a status; it raises `IllegalStep` for a step that is not in the table. If a cause can lead to several statuses
(a partial or full capture), the payment's amounts decide and the table checks.

A status says where the money is; `pending` says whether an operation is currently at the PSP (IS-11).
The picture in docs/lifecycle.md is drawn from this table.
"""

from enum import StrEnum
from typing import NamedTuple


class PaymentStatus(StrEnum):
    """Status names of the API; `FACES` says what they mean."""

    CREATED = "CREATED"
    SEEN = "SEEN"
    PROCESSING = "PROCESSING"
    AUTHORIZED = "AUTHORIZED"
    PARTIALLY_CAPTURED = "PARTIALLY_CAPTURED"
    CAPTURED = "CAPTURED"
    MARKED = "MARKED"
    SETTLED = "SETTLED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    CANCELLED = "CANCELLED"
    CAPTURE_VOIDED = "CAPTURE_VOIDED"
    WITHDRAWN = "WITHDRAWN"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    PROCESSING_EXPIRED = "PROCESSING_EXPIRED"
    CANCEL_FAILED = "CANCEL_FAILED"
    REFUND_FAILED = "REFUND_FAILED"


S = PaymentStatus


class Face(NamedTuple):
    """What a status tells API clients: whether it is final, and whether the merchant can still withdraw (EV-3)."""

    final: bool
    withdrawable: bool
    meaning: str


FACES: dict[PaymentStatus, Face] = {
    S.CREATED: Face(False, True, "created, waiting for the shopper"),
    S.SEEN: Face(False, True, "the shopper opened the page"),
    S.PROCESSING: Face(False, False, "at the PSP: authentication, bank"),
    S.AUTHORIZED: Face(False, False, "approved, the money is held (a bank payment: confirmed by the bank)"),
    S.PARTIALLY_CAPTURED: Face(False, False, "part of it captured, the rest still held"),
    S.CAPTURED: Face(False, False, "captured; can be refunded"),
    S.MARKED: Face(False, False, "submitted for batch settlement"),
    S.SETTLED: Face(False, False, "money received; can be refunded"),
    S.PARTIALLY_REFUNDED: Face(False, False, "part of the captured amount was refunded"),
    S.REFUNDED: Face(True, False, "all of the captured amount was refunded"),
    S.CANCELLED: Face(True, False, "authorization voided before anything was captured"),
    S.CAPTURE_VOIDED: Face(True, False, "a capture that failed for good"),
    S.WITHDRAWN: Face(True, False, "ended by the merchant before authorization began"),
    S.FAILED: Face(True, False, "declined or in error; the reason code says why"),
    S.EXPIRED: Face(True, False, "not completed in time, or the authorization expired"),
    S.PROCESSING_EXPIRED: Face(True, False, "the PSP can no longer report the outcome"),
    S.CANCEL_FAILED: Face(False, False, "a cancel failed; it needs an operator or a retry"),
    S.REFUND_FAILED: Face(False, False, "a refund failed; it needs an operator or a retry"),
}


class Cause(StrEnum):
    """Why a payment takes a step."""

    SHOPPER_ASKED = "shopper asked"  # the PSP needs the shopper on its page
    PAGE_OPENED = "page opened"
    TAKEN_UP = "taken up"  # the PSP or the bank is working on it
    AUTHORIZED = "authorized"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # 30 minutes without the shopper, or an authorization's seven days
    UNTRACEABLE = "untraceable"
    CAPTURED = "captured"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    MARKED = "marked"
    SETTLED = "settled"
    FAILED_LATER = "failed later"  # EV-9: a confirmed payment turned out to have failed
    TAKEN_BACK = "taken back"  # GO-13: one operation or part of the money, not the whole payment
    AUTHORIZED_LATE = "authorized late"  # money arrived after the payment had ended
    GIVEN_UP = "given up"  # a release that the system owed was refused


class Capture(StrEnum):
    """How money is taken: one request authorizes and captures (auto), or a later one captures (manual). RG-2."""

    MANUAL = "manual"
    AUTO = "auto"


TAKEN = (
    S.PARTIALLY_CAPTURED,
    S.CAPTURED,
    S.MARKED,
    S.SETTLED,
    S.PARTIALLY_REFUNDED,
    S.REFUNDED,
    S.REFUND_FAILED,
)
BOTH = (Capture.MANUAL, Capture.AUTO)
AUTO = (Capture.AUTO,)


class Step(NamedTuple):
    """One line of the lifecycle."""

    source: PaymentStatus
    cause: Cause
    target: PaymentStatus
    capture: tuple[Capture, ...] = BOTH


LIFECYCLE: tuple[Step, ...] = (
    # Before any money is held or taken.
    Step(S.PROCESSING, Cause.SHOPPER_ASKED, S.CREATED),
    Step(S.CREATED, Cause.PAGE_OPENED, S.SEEN),
    Step(S.CREATED, Cause.TAKEN_UP, S.PROCESSING),
    Step(S.SEEN, Cause.TAKEN_UP, S.PROCESSING),
    Step(S.CREATED, Cause.REFUSED, S.FAILED),
    Step(S.SEEN, Cause.REFUSED, S.FAILED),
    Step(S.PROCESSING, Cause.REFUSED, S.FAILED),
    Step(S.CREATED, Cause.WITHDRAWN, S.WITHDRAWN),
    Step(S.SEEN, Cause.WITHDRAWN, S.WITHDRAWN),
    Step(S.PROCESSING, Cause.WITHDRAWN, S.WITHDRAWN),  # taken up while it was being closed
    Step(S.CREATED, Cause.LAPSED, S.EXPIRED),
    Step(S.SEEN, Cause.LAPSED, S.EXPIRED),
    Step(S.PROCESSING, Cause.LAPSED, S.EXPIRED),
    Step(S.PROCESSING, Cause.UNTRACEABLE, S.PROCESSING_EXPIRED),
    # The money is approved: held (manual) or taken at once (auto).
    *(
        step
        for source in (S.CREATED, S.SEEN, S.PROCESSING)
        for step in (
            Step(source, Cause.AUTHORIZED, S.AUTHORIZED),  # with auto: a bank's confirmation
            Step(source, Cause.AUTHORIZED, S.CAPTURED, AUTO),
        )
    ),
    # Money that arrived after the payment had ended: it counts or is returned (see `surplus`).
    *(
        step
        for source in (S.FAILED, S.WITHDRAWN, S.EXPIRED, S.PROCESSING_EXPIRED)
        for step in (
            Step(source, Cause.AUTHORIZED_LATE, S.AUTHORIZED),
            Step(source, Cause.AUTHORIZED_LATE, S.CAPTURED, AUTO),
        )
    ),
    # Held. With auto capture too: a PSP may approve and fail to capture.
    Step(S.AUTHORIZED, Cause.CAPTURED, S.PARTIALLY_CAPTURED),
    Step(S.AUTHORIZED, Cause.CAPTURED, S.CAPTURED),
    Step(S.AUTHORIZED, Cause.CANCELLED, S.AUTHORIZED),
    Step(S.AUTHORIZED, Cause.CANCELLED, S.CANCELLED),
    Step(S.AUTHORIZED, Cause.LAPSED, S.EXPIRED),
    Step(S.PARTIALLY_CAPTURED, Cause.CAPTURED, S.PARTIALLY_CAPTURED),
    *(
        Step(S.PARTIALLY_CAPTURED, cause, target)  # nothing is held any more: the refunds decide
        for cause in (Cause.CAPTURED, Cause.CANCELLED, Cause.LAPSED)
        for target in (S.CAPTURED, S.PARTIALLY_REFUNDED)
    ),
    *(Step(S.PARTIALLY_CAPTURED, cause, S.REFUNDED) for cause in (Cause.CANCELLED, Cause.LAPSED)),
    Step(S.PARTIALLY_CAPTURED, Cause.CANCELLED, S.PARTIALLY_CAPTURED),
    Step(S.PARTIALLY_CAPTURED, Cause.REFUNDED, S.PARTIALLY_CAPTURED),
    # Taken.
    Step(S.CAPTURED, Cause.MARKED, S.MARKED),
    Step(S.CAPTURED, Cause.SETTLED, S.SETTLED),
    Step(S.MARKED, Cause.SETTLED, S.SETTLED),
    Step(S.AUTHORIZED, Cause.SETTLED, S.SETTLED),  # a bank payment is booked
    *(
        Step(source, Cause.REFUNDED, target)
        for source in (S.CAPTURED, S.MARKED, S.SETTLED, S.PARTIALLY_REFUNDED)
        for target in (S.PARTIALLY_REFUNDED, S.REFUNDED)
    ),
    # A confirmed payment fails later.
    Step(S.AUTHORIZED, Cause.FAILED_LATER, S.FAILED),
    Step(S.CAPTURED, Cause.FAILED_LATER, S.FAILED, AUTO),  # captured with the authorization, so it fails with it
    Step(S.SETTLED, Cause.FAILED_LATER, S.FAILED),
    Step(S.CANCEL_FAILED, Cause.FAILED_LATER, S.FAILED),
    Step(S.REFUND_FAILED, Cause.FAILED_LATER, S.FAILED, AUTO),
    *(
        Step(source, Cause.FAILED_LATER, S.CAPTURE_VOIDED)
        for source in (S.PARTIALLY_CAPTURED, S.CAPTURED, S.MARKED, S.CANCEL_FAILED, S.REFUND_FAILED)
    ),
    Step(S.PARTIALLY_REFUNDED, Cause.FAILED_LATER, S.FAILED, AUTO),
    Step(S.REFUNDED, Cause.FAILED_LATER, S.FAILED, AUTO),
    *(Step(source, Cause.FAILED_LATER, S.CAPTURE_VOIDED) for source in (S.PARTIALLY_REFUNDED, S.REFUNDED)),
    Step(S.CANCELLED, Cause.FAILED_LATER, S.CANCELLED),  # nothing was held any more, so nothing is lost
    Step(S.EXPIRED, Cause.FAILED_LATER, S.EXPIRED),
    # One operation's success is taken back, or a bank takes a part: the remaining amounts decide.
    *(Step(S.AUTHORIZED, Cause.TAKEN_BACK, target) for target in (S.AUTHORIZED, S.CANCEL_FAILED)),
    *(
        Step(source, Cause.TAKEN_BACK, target)  # a release that failed later: the money is held again
        for source in (S.CANCELLED, S.EXPIRED)
        for target in (S.AUTHORIZED, S.CANCEL_FAILED)
    ),
    *(
        Step(source, Cause.TAKEN_BACK, target)
        for source in TAKEN
        for target in (*TAKEN, S.AUTHORIZED, S.CANCEL_FAILED, S.CAPTURE_VOIDED)
    ),
    *(Step(S.CANCEL_FAILED, Cause.TAKEN_BACK, target) for target in (S.CANCEL_FAILED, S.AUTHORIZED)),
    # A refund that was pending when the money was taken back, or that the PSP made anyway.
    *(Step(source, Cause.REFUNDED, source) for source in (S.CAPTURE_VOIDED, S.FAILED)),
    *(Step(S.AUTHORIZED, Cause.REFUNDED, target) for target in (S.PARTIALLY_REFUNDED, S.REFUNDED)),  # not booked yet
    Step(S.AUTHORIZED, Cause.GIVEN_UP, S.REFUND_FAILED),
    # A release that the system owed and the PSP refused; a retry can still succeed.
    *(Step(source, Cause.GIVEN_UP, S.CANCEL_FAILED) for source in (S.AUTHORIZED, S.PARTIALLY_CAPTURED)),
    *(
        Step(source, Cause.GIVEN_UP, S.REFUND_FAILED)
        for source in (S.CAPTURED, S.MARKED, S.SETTLED, S.PARTIALLY_REFUNDED)
    ),
    *(
        Step(S.CANCEL_FAILED, Cause.CANCELLED, target)
        for target in (
            S.CANCEL_FAILED,  # part of the hold
            S.CANCELLED,
            S.CAPTURED,
            S.PARTIALLY_REFUNDED,
            S.REFUNDED,
        )
    ),
    *(
        Step(S.CANCEL_FAILED, Cause.LAPSED, target)
        for target in (S.EXPIRED, S.CAPTURED, S.PARTIALLY_REFUNDED, S.REFUNDED)
    ),
    *(
        Step(S.CANCEL_FAILED, Cause.CAPTURED, target)  # a capture that was believed to have failed
        for target in (S.CANCEL_FAILED, S.CAPTURED, S.PARTIALLY_REFUNDED)
    ),
    Step(S.CANCEL_FAILED, Cause.REFUNDED, S.CANCEL_FAILED),
    *(Step(S.REFUND_FAILED, Cause.REFUNDED, target) for target in (S.REFUND_FAILED, S.REFUNDED)),
)

_STEPS = frozenset((step.source, step.cause, step.target, mode) for step in LIFECYCLE for mode in step.capture)


class IllegalStep(Exception):
    """The lifecycle has no such step. A bug of ours or an impossible fact, never the merchant's mistake."""


def step(source: PaymentStatus, cause: Cause, target: PaymentStatus, capture: Capture) -> PaymentStatus:
    """Returns `target` if the lifecycle allows the step, raises `IllegalStep` otherwise."""
    if (source, cause, target, capture) not in _STEPS:
        raise IllegalStep(f"{source} -> {target} because {cause} ({capture} capture)")
    return target

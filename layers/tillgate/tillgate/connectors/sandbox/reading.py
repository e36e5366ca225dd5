"""Parses what the sandbox PSP sends: payments, and the lines of its settlement report.

Everything here raises one of `NONSENSE` on other shapes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tillgate.connectors.sandbox.instruments import stored_instrument
from tillgate.domain.payments.disputes import DisputeNotice, DisputeStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import Redirect
from tillgate.domain.psp.facts import Fact
from tillgate.domain.psp.settlement import Settled

NONSENSE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)  # what parsing malformed input raises
_STATUSES = {
    "requires_action": OperationStatus.AWAITING_SHOPPER,
    "pending": OperationStatus.PENDING,
    "succeeded": OperationStatus.SUCCEEDED,
    "failed": OperationStatus.FAILED,
    "reversed": OperationStatus.REVERSED,
}
REASONS = {
    "refused": "REFUSED",
    "insufficient_amount": "INSUFFICIENT_AMOUNT",
    "cancelled_by_payer": "CANCELLED_BY_PAYER_AT_BANK",
    "rejected_by_bank": "REJECTED_BY_BANK",
    "psp_error": "PSP_ERROR",
    "authentication_required": "AUTHENTICATION_REQUIRED",
    "fraudulent": "SUSPECTED_FRAUD",
    "expired": "REFUSED",  # the hold had expired; the expiry is an operation of its own
}
_DISPUTES = {each.lower(): each for each in DisputeStatus}
_KINDS = {each.value: each for each in OperationType}


def facts(payment: Mapping[str, Any]) -> list[Fact]:
    """A fact for each operation and dispute of a payment, as the sandbox shows it. Raises one of `NONSENSE`.

    Types are strict: stored values have to be readable again, and 49.99 is not 49 minor units. A closed authorization
    gives no fact: it is the answer to our own close, which decides how the payment ends. Outcomes of our requests come
    first: a cancel that was refused because the hold had expired is no longer open when the expiry is applied.
    """
    shown = [each for each in payment["operations"] if each["status"] != "closed" and _is_named(each)]
    operations = [_fact(payment, each) for each in sorted(shown, key=lambda each: each["key"] is None)]
    disputes = [Fact.of_dispute(text(payment["reference"]), _notice(each)) for each in payment.get("disputes", ())]
    return operations + disputes


def _is_named(operation: Mapping[str, Any]) -> bool:
    """Named by our key, or by the PSP's own reference, which only very old operations lack."""
    return operation["key"] is not None or bool(operation.get("id"))


def _fact(payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
    kind, reason = _KINDS.get(operation["type"]), text_or_none(operation["reason"])
    first = kind is OperationType.AUTHORIZE
    url = text_or_none(payment["redirect_url"])
    lapsed = kind is OperationType.CANCEL and operation["key"] is None and reason == "expired"
    return Fact(
        payment_id=text(payment["reference"]),
        operation_id=text_or_none(operation["key"]),
        status=_STATUSES[operation["status"]],
        amount=whole(operation["amount"]),
        reason_code=REASONS.get(reason, "OTHER") if reason and not lapsed else None,
        psp_reference=text(payment["id"]) if first or kind is None else text_or_none(operation.get("id")),
        brand=text_or_none(payment["brand"]),
        redirect=Redirect(url) if url and operation["status"] == "requires_action" else None,
        captured=first and whole(payment["amounts"]["captured"]) > 0,
        instrument=stored_instrument(payment["instrument"]) if first and payment.get("instrument") else None,
        kind=kind,
        as_of=_instant(payment.get("changed_at")),
        expires_at=_instant(payment.get("expires_at")) if first else None,
        lapsed=lapsed,
    )


def _notice(dispute: Mapping[str, Any]) -> DisputeNotice:
    opened_at = _instant(dispute["opened_at"])
    if opened_at is None:
        raise ValueError("a dispute was opened at some time")
    return DisputeNotice(
        psp_reference=text(dispute["id"]),
        status=_DISPUTES[dispute["status"]],
        amount=whole(dispute["amount"]),
        reason=text(dispute["reason"]).upper(),
        opened_at=opened_at,
        revision=whole(dispute["revision"]),
        evidence_due_at=_instant(dispute["evidence_due_at"]),
    )


def settled(row: Mapping[str, str]) -> Settled:
    status = PaymentStatus(row["status"].upper())
    if status not in (PaymentStatus.MARKED, PaymentStatus.SETTLED):
        raise ValueError(status)
    return Settled(
        payment_id=row["reference"],
        status=status,
        currency=row["currency"],
        captured=int(row["captured"]),
        refunded=int(row["refunded"]),
        as_of=datetime.fromisoformat(row["as_of"]),
    )


def text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value


def text_or_none(value: object) -> str | None:
    return None if value is None else text(value)


def _instant(value: object) -> datetime | None:
    if not value:
        return None
    moment = datetime.fromisoformat(text(value))
    if moment.tzinfo is None:
        raise ValueError("an instant without a zone could be any")
    return moment


def whole(value: object) -> int:
    if type(value) is not int:  # bool is a subclass of int
        raise TypeError("a whole number was expected")
    return value

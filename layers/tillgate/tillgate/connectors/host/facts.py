"""Facts of the connector API in the domain's words. What is in none of them is left out, never guessed."""

from collections.abc import Mapping

from tillgate.connectors import v1
from tillgate.connectors.v1 import Kind, Outcome
from tillgate.domain.payments.disputes import DisputeNotice, DisputeStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import Instructions, Redirect
from tillgate.domain.psp.bounded_texts import bounded
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shoppers.saved_instruments import StoredInstrument

_STATUSES = {
    Outcome.UNKNOWN: OperationStatus.UNKNOWN,
    Outcome.NOT_BEGUN: OperationStatus.UNKNOWN,
    Outcome.ACTION: OperationStatus.AWAITING_SHOPPER,
    Outcome.PENDING: OperationStatus.PENDING,
    Outcome.FAILED: OperationStatus.FAILED,
    Outcome.SUCCEEDED: OperationStatus.SUCCEEDED,
    Outcome.REVERSED: OperationStatus.REVERSED,
}
REASON_CODES = (
    *("CANCELLED_BY_PAYER", "CANCELLED_BY_PAYER_AT_BANK", "BANK_NOT_FOUND", "MANUAL_TRANSFER_REQUESTED"),
    *("INSUFFICIENT_AMOUNT", "AML_BLOCKED", "REJECTED_BY_BANK", "REFUSED", "SUSPECTED_FRAUD", "EXPIRED_INSTRUMENT"),
    *("PSP_ERROR", "AUTHENTICATION_REQUIRED", "CARD_LOST_OR_STOLEN", "TRY_AGAIN_LATER", "OTHER"),
)
_KINDS = {each.value: each for each in OperationType}


def facts_of(told: list[v1.Fact]) -> list[Fact]:
    return [bounded(fact_of(each)) for each in told]


def fact_of(told: v1.Fact) -> Fact:
    if told.dispute:
        return Fact.of_dispute(told.case, _notice(told.dispute))
    instructions = _instructions(told.action)
    return Fact(
        payment_id=told.case,
        operation_id=told.op,
        status=_STATUSES[told.outcome],
        amount=told.amount,
        reason_code=told.reason if told.reason in (None, *REASON_CODES) else "OTHER",
        psp_reference=told.reference,
        brand=told.brand,
        redirect=redirect_of(told.action),
        instructions=instructions,
        waits_until=told.action.until if told.action else None,
        captured=bool(told.captured),
        instrument=stored(told.instrument) if told.instrument else None,
        fingerprint=told.fingerprint or (told.instrument.fingerprint if told.instrument else None) or None,
        kind=_KINDS.get(told.kind.lower()),
        as_of=told.as_of,
        expires_at=told.expires_at,
        lapsed=told.lapsed,
        by_hand=told.by_hand,
        raw_reason=told.raw_reason,
        details=texts(told.details),
        remember=texts(told.remember),
        remember_shopper=texts(told.remember_shopper),
    )


def texts(values: Mapping[str, str]) -> dict[str, str]:
    """What is text of them: JSON of a PSP can have anything in its place."""
    return {name: value for name, value in values.items() if isinstance(name, str) and isinstance(value, str)}


def redirect_of(action: v1.Action | None) -> Redirect | None:
    if action is None or action.kind not in ("redirect", "post"):
        return None
    return Redirect(action.url, "POST" if action.kind == "post" else "GET", dict(action.data))


def _instructions(action: v1.Action | None) -> Instructions | None:
    if action is None or action.kind != "instructions":
        return None
    data = action.data
    account = (data.get("iban", ""), data.get("holder", ""), data.get("reference", ""))
    return Instructions(*account, grace_days=int(data.get("grace_days") or 0))


def stored(told: v1.Instrument) -> StoredInstrument:
    known = (told.brand or None, told.last4 or None, told.expires or None)
    return StoredInstrument(told.token, *known, fingerprint=told.fingerprint or None)


def _notice(told: v1.DisputeNotice) -> DisputeNotice:
    return DisputeNotice(
        psp_reference=told.reference,
        status=DisputeStatus(told.status),
        amount=told.amount,
        reason=told.reason,
        opened_at=told.opened_at,
        revision=told.revision,
        evidence_due_at=told.evidence_due_at,
    )


def is_sound(told: v1.Fact, case_id: str | None = None) -> bool:
    """Whether a fact can be taken in: a connector of others is not trusted to keep to the types."""
    amounts = (told.amount, told.captured)
    whole = all(each is None or (type(each) is int and each >= 0) for each in amounts)
    at = (told.as_of, told.expires_at)
    zoned = all(each is None or each.tzinfo is not None for each in at)
    return whole and zoned and isinstance(told.kind, Kind) and case_id in (None, told.case)

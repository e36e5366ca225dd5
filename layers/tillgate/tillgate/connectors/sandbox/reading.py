"""Parses what the sandbox PSP sends: payments, and the lines of its settlement report.

Everything here raises one of `NONSENSE` on other shapes.
"""

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from tillgate.connectors.v1 import Action, DisputeNotice, Fact, Instrument, Kind, Outcome, Settlement

NONSENSE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)  # what parsing malformed input raises
_OUTCOMES = {
    "requires_action": Outcome.ACTION,
    "pending": Outcome.PENDING,
    "succeeded": Outcome.SUCCEEDED,
    "failed": Outcome.FAILED,
    "reversed": Outcome.REVERSED,
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
_DISPUTES = ("NEEDS_RESPONSE", "UNDER_REVIEW", "WON", "LOST", "ACCEPTED")
DETAILS = ("bin", "funding", "country", "liability_shift", "mandate_reference")


def facts(payment: Mapping[str, Any]) -> list[Fact]:
    """A fact for each operation and dispute of a payment, as the sandbox shows it. Raises one of `NONSENSE`.

    Types are strict: stored values have to be readable again, and 49.99 is not 49 minor units. A closed authorization
    gives no fact: it is the answer to our own close, which decides how the payment ends. Outcomes of our requests come
    first: a cancel that was refused because the hold had expired is no longer open when the expiry is applied.
    """
    shown = [each for each in payment["operations"] if each["status"] != "closed" and _is_named(each)]
    operations = [_fact(payment, each) for each in sorted(shown, key=lambda each: each["key"] is None)]
    return operations + [_of_dispute(payment, each) for each in payment.get("disputes", ())]


def _is_named(operation: Mapping[str, Any]) -> bool:
    """Named by our key, or by the PSP's own reference, which only very old operations lack."""
    return operation["key"] is not None or bool(operation.get("id"))


def _fact(payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
    kind, reason = Kind(text(operation["type"]).upper()), text_or_none(operation["reason"])
    first, failed = kind in (Kind.AUTHORIZE, Kind.PAYOUT), bool(reason)
    url = text_or_none(payment["redirect_url"])
    lapsed = kind is Kind.CANCEL and operation["key"] is None and reason == "expired"
    return Fact(
        case=text(payment["reference"]),
        kind=kind,
        op=text_or_none(operation["key"]),
        outcome=_OUTCOMES[operation["status"]],
        amount=whole(operation["amount"]),
        reason=REASONS.get(reason or "", "OTHER") if failed and not lapsed else None,
        raw_reason=reason,
        reference=text(payment["id"]) if first else text_or_none(operation.get("id")),
        brand=text_or_none(payment["brand"]),
        action=Action(kind="redirect", url=url) if url and operation["status"] == "requires_action" else None,
        captured=_captured(payment) if kind is Kind.AUTHORIZE else None,
        instrument=instrument(payment["instrument"]) if first and payment.get("instrument") else None,
        as_of=_instant(payment.get("changed_at")),
        expires_at=_instant(payment.get("expires_at")) if kind is Kind.AUTHORIZE else None,
        lapsed=lapsed,
        details=_details(payment) if kind is Kind.AUTHORIZE else {},
    )


def _captured(payment: Mapping[str, Any]) -> int:
    """All that was captured. The sandbox shows less once a bank took a part back, which is a fact of its own."""
    taken_back = (each for each in payment["operations"] if (each["type"], each["status"]) == ("reversal", "succeeded"))
    return whole(payment["amounts"]["captured"]) + sum(whole(each["amount"]) for each in taken_back)


def _details(payment: Mapping[str, Any]) -> dict[str, str]:
    shown = payment.get("details") or {}
    return {name: text(shown[name]) for name in DETAILS if name in shown}


def _of_dispute(payment: Mapping[str, Any], dispute: Mapping[str, Any]) -> Fact:
    notice = _notice(dispute)
    return Fact(case=text(payment["reference"]), kind=Kind.AUTHORIZE, outcome=Outcome.SUCCEEDED, dispute=notice)


def _notice(dispute: Mapping[str, Any]) -> DisputeNotice:
    opened_at, status = _instant(dispute["opened_at"]), text(dispute["status"]).upper()
    if opened_at is None or status not in _DISPUTES:
        raise ValueError("a dispute was opened at some time, and has a status")
    return DisputeNotice(
        reference=text(dispute["id"]),
        status=cast(Any, status),
        amount=whole(dispute["amount"]),
        reason=text(dispute["reason"]).upper(),
        opened_at=opened_at,
        revision=whole(dispute["revision"]),
        evidence_due_at=_instant(dispute["evidence_due_at"]),
    )


def instrument(shown: Mapping[str, Any]) -> Instrument:
    token, brand, last4, expires = (text(shown[name]) for name in ("id", "brand", "last4", "expires"))
    fingerprint = text_or_none(shown.get("fingerprint")) or ""
    return Instrument(token=token, brand=brand, last4=last4, expires=expires, fingerprint=fingerprint)


def settlements(report: bytes) -> list[Settlement]:
    """The lines of a settlement report. One that has no such columns is none, and not an empty one."""
    rows = csv.DictReader(io.StringIO(report.decode()))
    if not {"reference", "status", "currency", "captured", "refunded", "as_of"} <= set(rows.fieldnames or ()):
        raise ValueError("columns are missing")
    return [_settled(row) for row in rows]


def _settled(row: Mapping[str, str]) -> Settlement:
    state = row["status"].upper()
    if state not in ("MARKED", "SETTLED"):
        raise ValueError(state)
    return Settlement(
        case=row["reference"],
        state=cast(Literal["MARKED", "SETTLED"], state),
        currency=row["currency"],
        amount=int(row["captured"]),
        refunded=int(row["refunded"]),
        as_of=datetime.fromisoformat(row["as_of"]),
    )


def refusal(shown: object) -> dict[str, str]:
    """The code and the message of a refusal, as far as there are any."""
    error = shown.get("error") if isinstance(shown, dict) else None
    return {name: each for name, each in error.items() if isinstance(each, str)} if isinstance(error, dict) else {}


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

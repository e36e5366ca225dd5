"""What Stripe shows, as facts: a PaymentIntent with its latest charge, a SetupIntent, refunds.

An intent tells all that was captured and cancelled; a capture of ours is recognized by the metadata that it set, and a
cancel, of which there is at most one, by being asked for. What nobody here asked for has no `op`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tillgate.connectors.stripe.amounts import from_stripe
from tillgate.connectors.stripe.instruments import details, fingerprint_of, stored
from tillgate.connectors.stripe.intents import CAPTURE, CASE, OP
from tillgate.connectors.stripe.reasons import reason
from tillgate.connectors.stripe.wire import JSON
from tillgate.connectors.v1 import Action, Case, Fact, Kind, Op, Outcome

CLOSED = "abandoned"  # the reason that our own closing gives
_LAPSED = ("automatic", "expired")  # why Stripe cancels by itself
_REFUNDS = {
    "pending": Outcome.PENDING,
    "requires_action": Outcome.PENDING,
    "succeeded": Outcome.SUCCEEDED,
    "failed": Outcome.FAILED,
    "canceled": Outcome.FAILED,
}


def of_intent(case: Case, intent: JSON) -> list[Fact]:
    """Facts about authorization, capture and cancel. Empty: it was never confirmed, or our close ended it.

    Raises KeyError, ValueError or TypeError on another shape.
    """
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) and charge.get("paid") else None
    status = intent["status"]
    if status == "canceled" and case.op(Kind.CLOSE) and (not charge or intent.get("cancellation_reason") == CLOSED):
        return []
    if status == "canceled" and charge is None:
        return [_ended(case, intent)]
    if status == "requires_confirmation":
        return []
    facts = [_authorized(case, intent, charge)]
    if charge and status == "succeeded" and case.capture == "manual":
        facts += _captured(case, intent, charge)
    if charge and status == "canceled":
        facts.append(_cancelled(case, intent, charge))
    return facts


def _authorized(case: Case, intent: JSON, charge: JSON | None) -> Fact:
    status = intent["status"]
    if status in ("requires_capture", "succeeded", "canceled") and charge:
        return _fact(
            case,
            Kind.AUTHORIZE,
            Outcome.SUCCEEDED,
            op=_op(case, Kind.AUTHORIZE, intent),
            amount=from_stripe(intent["amount"], case.currency),
            captured=from_stripe(intent["amount_received"], case.currency) if case.capture == "auto" else None,
            reference=intent["id"],
            remember={"intent": intent["id"], "charge": charge["id"]},
            expires_at=_expiry(charge) if status == "requires_capture" else None,
            brand=details(charge).get("brand"),
            details={name: value for name, value in details(charge).items() if name != "brand"},
            instrument=stored(intent["payment_method"], charge["payment_method_details"]) if case.saves_as else None,
            fingerprint=fingerprint_of(charge.get("payment_method_details") or {}),
        )
    return _undecided(case, Kind.AUTHORIZE, intent, intent.get("last_payment_error"))


def _undecided(case: Case, kind: Kind, intent: JSON, error: JSON | None) -> Fact:
    """Of a PaymentIntent or SetupIntent that holds nothing."""
    named: dict[str, Any] = {
        "op": _op(case, kind, intent),
        "reference": intent["id"],
        "remember": {"intent": intent["id"]},
    }
    status = intent["status"]
    if status == "requires_action":
        url = (intent["next_action"].get("redirect_to_url") or {}).get("url")
        if not url:
            raise ValueError(f"the shopper cannot be sent anywhere for {intent['next_action']['type']}")
        return _fact(case, kind, Outcome.ACTION, action=Action(kind="redirect", url=url), **named)
    if status == "processing":
        return _fact(case, kind, Outcome.PENDING, **named)
    if status == "requires_payment_method" and error:
        ours, theirs = reason(error)
        card = fingerprint_of(error.get("payment_method") or {})
        return _fact(case, kind, Outcome.FAILED, reason=ours, raw_reason=theirs, fingerprint=card, **named)
    raise ValueError(f"an intent that is {status}")


def _ended(case: Case, intent: JSON) -> Fact:
    why = intent.get("cancellation_reason") or "canceled"
    return _fact(
        case,
        Kind.AUTHORIZE,
        Outcome.FAILED,
        op=_op(case, Kind.AUTHORIZE, intent),
        reason="OTHER",
        raw_reason=why,
        reference=intent["id"],
    )


def _captured(case: Case, intent: JSON, charge: JSON) -> list[Fact]:
    """One capture at most; less than all of it has released the rest."""
    ours = _known(case, Kind.CAPTURE, (intent.get("metadata") or {}).get(CAPTURE))
    amount = from_stripe(intent["amount_received"], case.currency)
    capture = _fact(
        case,
        Kind.CAPTURE,
        Outcome.SUCCEEDED,
        op=ours.id if ours else None,
        amount=amount,
        reference=charge["id"],
    )
    rest = from_stripe(intent["amount"], case.currency) - amount
    if ours or not rest:
        return [capture]
    released = _fact(case, Kind.CANCEL, Outcome.SUCCEEDED, amount=rest, reference=f"{intent['id']}:rest")
    return [capture, released]


def _cancelled(case: Case, intent: JSON, charge: JSON) -> Fact:
    asked = [op for op in case.ops if op.kind is Kind.CANCEL and op.by != "psp" and op.outcome is not Outcome.FAILED]
    return _fact(
        case,
        Kind.CANCEL,
        Outcome.SUCCEEDED,
        op=asked[-1].id if asked else None,
        amount=from_stripe(intent["amount"], case.currency),
        reference=f"{intent['id']}:cancel",
        lapsed=intent.get("cancellation_reason") in _LAPSED and not asked,
    )


def of_page(case: Case, session: JSON) -> list[Fact]:
    """The fact about a page of Stripe's that nobody has paid on. Empty: our close ended it."""
    if session["status"] == "open":
        action = Action(kind="redirect", url=session["url"])
        outcome: dict[str, Any] = {"outcome": Outcome.ACTION, "action": action}
    elif session["status"] == "expired":
        outcome = {"outcome": Outcome.FAILED, "reason": "OTHER", "raw_reason": "session_expired"}
    else:
        raise ValueError(f"a page that is {session['status']}")
    if case.op(Kind.CLOSE) and session["status"] == "expired":
        return []
    op, memory = _op(case, Kind.AUTHORIZE, session), {"session": session["id"]}
    return [_fact(case, Kind.AUTHORIZE, op=op, remember=memory, **outcome)]


def of_setup(case: Case, intent: JSON) -> list[Fact]:
    """The fact about a SETUP; empty: it was never confirmed, or our close ended it."""
    if intent["status"] in ("canceled", "requires_confirmation"):
        return []
    if intent["status"] != "succeeded":
        return [_undecided(case, Kind.SETUP, intent, intent.get("last_setup_error"))]
    method = intent["payment_method"]
    instrument = stored(method["id"], method)
    return [
        _fact(
            case,
            Kind.SETUP,
            Outcome.SUCCEEDED,
            op=_op(case, Kind.SETUP, intent),
            reference=intent["id"],
            remember={"intent": intent["id"], "payment_method": method["id"]},
            instrument=instrument,
            brand=instrument.brand,
        )
    ]


def of_refunds(case: Case, refunds: Iterable[JSON]) -> list[Fact]:
    """A fact for each refund, whoever made it; those of vendors' parts name a case of their own."""
    facts = (_refund(case, each) for each in refunds if (each.get("metadata") or {}).get(CASE) in (None, case.id))
    return [fact for fact in facts if fact]


def outcome_of_refund(refund: JSON, known: Op | None) -> Outcome:
    """One that fails after it had succeeded is REVERSED."""
    outcome = _REFUNDS.get(refund["status"], Outcome.UNKNOWN)
    had_succeeded = known and known.outcome in (Outcome.SUCCEEDED, Outcome.REVERSED)
    return Outcome.REVERSED if outcome is Outcome.FAILED and had_succeeded else outcome


def _refund(case: Case, refund: JSON) -> Fact | None:
    ours = _known(case, Kind.REFUND, (refund.get("metadata") or {}).get(OP))
    known = ours or next((op for op in case.ops if op.kind is Kind.REFUND and op.reference == refund["id"]), None)
    outcome = outcome_of_refund(refund, known)
    failed = outcome in (Outcome.FAILED, Outcome.REVERSED)
    if failed and not known:
        return None  # somebody tried, and nothing was moved
    why = str(refund.get("failure_reason") or refund["status"])
    return _fact(
        case,
        Kind.REFUND,
        outcome,
        op=ours.id if ours else None,
        amount=from_stripe(refund["amount"], case.currency),
        reason=_refund_reason(why) if failed else None,
        raw_reason=why if failed else None,
        reference=refund["id"],
    )


def _refund_reason(why: str) -> str:
    return {"lost_or_stolen_card": "CARD_LOST_OR_STOLEN", "expired_or_canceled_card": "EXPIRED_INSTRUMENT"}.get(
        why, "REFUSED"
    )


def _op(case: Case, kind: Kind, thing: JSON) -> str | None:
    named = _known(case, kind, (thing.get("metadata") or {}).get(OP)) or case.op(kind)
    return named.id if named else None


def _known(case: Case, kind: Kind, op_id: object) -> Op | None:
    return next((op for op in case.ops if op.kind is kind and op.id == op_id), None)


def _expiry(charge: JSON) -> datetime | None:
    until = (charge["payment_method_details"].get("card") or {}).get("capture_before")
    return instant(until) if until else None


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _fact(case: Case, kind: Kind, outcome: Outcome, **more: Any) -> Fact:
    return Fact(case=case.id, kind=kind, outcome=outcome, **more)

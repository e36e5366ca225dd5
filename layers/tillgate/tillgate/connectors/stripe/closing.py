"""Makes sure that nothing can be authorized any more, even by a request that is still under way.

What was found is cancelled. If nothing was found, the key of the authorization is taken with another body: an intent
that is never confirmed. A request that arrives after that has the key of another body, and Stripe refuses it. If the
key was taken already, the authorization has arrived after all, and is found (docs/adr/0115).
"""

from datetime import datetime

from tillgate.connectors.stripe import intents, reading
from tillgate.connectors.stripe.finding import INTENTS, SESSIONS, SETTLED, SETUPS, Finder, is_late, opening
from tillgate.connectors.stripe.wire import JSON, Unclear, Wire
from tillgate.connectors.v1 import Case, Fact, Kind, Op, Outcome

_OPEN = ("requires_action", "requires_confirmation")


class Closer:
    def __init__(self, wire: Wire, now: datetime) -> None:
        self._wire = wire
        self._now = now
        self._finder = Finder(wire, now)

    def close(self, case: Case, op: Op) -> list[Fact]:
        """As `Connector.close` says. Raises `Unclear`."""
        found = self._finder.find(case, even_now=True) or self._barred(case)
        if found is None:
            return [_said(case, op, Outcome.SUCCEEDED)]
        if found["object"] == "checkout.session":
            return self._expire(case, op, found)
        return self._cancel(case, op, found)

    def _barred(self, case: Case) -> JSON | None:
        """Takes the key. What has used it before us; None: nothing has, and nothing can."""
        begun = opening(case)
        if is_late(begun, self._now):
            return self._finder.find(case)  # raises if that is too early to say
        path, body = _taking(case, begun)
        answer = self._wire.post(path, body, begun.id)
        if answer.done and path == SESSIONS:
            return self._finder.read(str(answer.body["id"]))
        if answer.done:
            self._wire.post(f"{path}/{answer.body['id']}/cancel", {}, f"{begun.id}:bar")
            return None
        if not answer.key_was_used:
            raise Unclear(f"the key could not be taken: {answer.status}")
        found = self._finder.find(case, even_now=True)
        if found is None and self._now < begun.requested_at + SETTLED:
            raise Unclear("it has arrived, and cannot be seen yet")
        return found

    def _expire(self, case: Case, op: Op, session: JSON) -> list[Fact]:
        if session["status"] == "open":
            if self._wire.post(f"{SESSIONS}/{session['id']}/expire", {}, op.id).done:
                return [_said(case, op, Outcome.SUCCEEDED)]
            session = self._finder.read(str(session["id"]))
        if session["status"] == "expired":
            return [_said(case, op, Outcome.SUCCEEDED)]
        intent = session.get("payment_intent")
        if session["status"] != "complete" or not isinstance(intent, dict):
            raise Unclear(f"a page that is {session['status']}")
        return self._cancel(case, op, intent)

    def _cancel(self, case: Case, op: Op, intent: JSON) -> list[Fact]:
        if _is_open(intent):
            path = INTENTS if intent["object"] == "payment_intent" else SETUPS
            body = {"cancellation_reason": reading.CLOSED}
            if not self._wire.post(f"{path}/{intent['id']}/cancel", body, op.id).done:
                intent = self._finder.read(str(intent["id"]))
            else:
                return [_said(case, op, Outcome.SUCCEEDED)]
        if _is_open(intent):
            raise Unclear("it could not be cancelled, and is not decided")
        facts = (
            reading.of_setup(case, intent) if intent["object"] == "setup_intent" else reading.of_intent(case, intent)
        )
        ended = intent["status"] == "canceled"
        return [*facts, _said(case, op, Outcome.SUCCEEDED if ended else Outcome.FAILED)]


def _taking(case: Case, begun: Op) -> tuple[str, intents.Body]:
    """What takes the key of the case's first request, and its path.

    Without an instrument that may have been a page: nobody knows the address of one whose making was not answered, so
    it is made again, to be ended.
    """
    if begun.kind is Kind.SETUP:
        return SETUPS, {"metadata": {"tillgate_closed": case.id}, "usage": "off_session"}
    if case.instrument:
        return INTENTS, intents.tombstone(case, begun)
    return SESSIONS, intents.page(case, begun, case.shopper_memory.get("customer"))


def _is_open(intent: JSON) -> bool:
    failed = intent.get("last_payment_error") or intent.get("last_setup_error")
    return intent["status"] in _OPEN or (intent["status"] == "requires_payment_method" and not failed)


def _said(case: Case, op: Op, outcome: Outcome) -> Fact:
    return Fact(case=case.id, kind=Kind.CLOSE, outcome=outcome, op=op.id)

"""Finds what belongs to a case at Stripe: by the remembered id, else by our metadata in a list.

Lists are complete as soon as something exists; Stripe's search, which finds by metadata, lags by a minute and more, so
it can never tell that something is not there. A request that was sent just now may still arrive: before `SETTLED`
nothing is called missing (docs/adr/0115).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tillgate.connectors.stripe.intents import OP
from tillgate.connectors.stripe.manifest import KEY_WINDOW
from tillgate.connectors.stripe.wire import JSON, Unclear, Wire
from tillgate.connectors.v1 import Case, Kind, Op

SETTLED = timedelta(seconds=90)  # Stripe's own clients give a request up after 80 seconds
_SKEW = timedelta(minutes=5)  # between the clocks
_SOON = timedelta(minutes=2)  # most requests arrive at once: a short list finds them

INTENTS, SETUPS, SESSIONS = "payment_intents", "setup_intents", "checkout/sessions"
_PREFIXES = {"pi_": INTENTS, "seti_": SETUPS, "cs_": SESSIONS}
_EXPANDED = {
    INTENTS: "latest_charge",
    SETUPS: "payment_method",
    SESSIONS: "payment_intent.latest_charge",
}


def opening(case: Case) -> Op:
    """The operation that the case began with. Raises `Unclear` if there is none."""
    op = case.op(Kind.SETUP) or case.op(Kind.AUTHORIZE) or case.op(Kind.PAYOUT)
    if op is None:
        raise Unclear("nothing was begun")
    return op


def is_late(op: Op, now: datetime) -> bool:
    """A request under this key would be executed anew, so none must be sent any more."""
    return now >= op.requested_at + KEY_WINDOW


class Finder:
    def __init__(self, wire: Wire, now: datetime) -> None:
        self._wire = wire
        self._now = now

    def find(self, case: Case, *, even_now: bool = False) -> JSON | None:
        """The PaymentIntent, SetupIntent or Session of the case; None: it is certainly not there.

        `even_now`: the caller sees to it that a request under way can do nothing any more. Raises `Unclear`.
        """
        remembered = case.memory.get("intent") or case.memory.get("session") or case.reference
        if remembered:
            return self.read(remembered)
        op = opening(case)
        for path in _places(case, op):
            for span in _spans(op, self._now):
                if found := self._listed(path, op, span):
                    return self.read(str(found["id"]))
        if not even_now and self._now < op.requested_at + SETTLED:
            raise Unclear("it may still be under way")
        return None

    def read(self, reference: str) -> JSON:
        """By Stripe's id. Raises `Unclear`, also for an id of something else."""
        prefix = reference.partition("_")[0] + "_"
        if prefix not in _PREFIXES:
            raise Unclear(f"{reference} is none of ours")
        path = _PREFIXES[prefix]
        return self._wire.get(f"{path}/{reference}", {"expand": [_EXPANDED[path]]})

    def _listed(self, path: str, op: Op, span: tuple[datetime, datetime]) -> JSON | None:
        created = {"gte": int(span[0].timestamp()), "lte": int(span[1].timestamp())}
        every = self._wire.every(path, {"created": created})
        return next((each for each in every if _tag(each, OP) == op.id), None)


def _places(case: Case, op: Op) -> tuple[str, ...]:
    if op.kind is Kind.SETUP:
        return (SETUPS,)
    return (INTENTS,) if case.instrument else (SESSIONS, INTENTS)


def _spans(op: Op, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When it can have been created: mostly at once, at the latest now."""
    yield op.requested_at - _SKEW, min(now, op.requested_at + _SOON) + _SKEW
    if now > op.requested_at + _SOON:
        yield op.requested_at - _SKEW, now + _SKEW


def _tag(thing: JSON, name: str) -> Any:
    metadata = thing.get("metadata")
    return metadata.get(name) if isinstance(metadata, Mapping) else None

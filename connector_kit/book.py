"""What the core would know of one case, kept by the core's rules: the connector's claims, beside the PSP's truth."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connector_kit.setup_api import Truth
from connector_kit.wire import Violation, Wire, connector_runs
from tillgate.connectors.v1 import Case, Connector, Fact, Kind, Look, NotSent, Op, Outcome, Sent

_RANKS = {each: rank for rank, each in enumerate(Outcome)}
DONE = frozenset({Outcome.SUCCEEDED, Outcome.REVERSED})
DECIDED = DONE | {Outcome.FAILED}
_PAYS = frozenset({Kind.AUTHORIZE, Kind.CAPTURE, Kind.CANCEL, Kind.REFUND, Kind.PAYOUT})
REASONS = frozenset({
    "AML_BLOCKED", "AUTHENTICATION_REQUIRED", "BANK_NOT_FOUND", "CANCELLED_BY_PAYER", "CANCELLED_BY_PAYER_AT_BANK",
    "CARD_LOST_OR_STOLEN", "EXPIRED_INSTRUMENT", "INSUFFICIENT_AMOUNT", "MANUAL_TRANSFER_REQUESTED", "OTHER",
    "PSP_ERROR", "REFUSED", "REJECTED_BY_BANK", "SUSPECTED_FRAUD", "TRY_AGAIN_LATER",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the connector has said of one operation, as far as it counts."""

    kind: Kind
    outcome: Outcome
    amount: int
    captured: int = 0
    final: bool = False
    ours: bool = True
    reference: str | None = None
    as_of: datetime | None = None


class Book:
    """One case. Every call is made by a connector of its own, as by a function that has just started."""

    def __init__(self, case: Case, wire: Wire, new: Callable[[], Connector], *, releases: bool) -> None:
        self.case = case
        self.wire = wire
        self.facts: list[Fact] = []
        self.claims: dict[str, Claim] = {}
        self.new = new
        self._releases = releases

    # ---- requests

    def requested(self, kind: Kind, amount: int, *, final: bool = False, fee: int = 0) -> Op:
        """Records an operation, as the core does before it is sent."""
        number = len(self.case.ops) + 1
        op = Op(
            id=f"{self.case.id}_{number}",
            kind=kind,
            amount=amount,
            requested_at=self.case.created_at,
            final=final,
            fee=fee,
        )
        self.record(op)
        return op

    def record(self, op: Op) -> None:
        self.case = replace(self.case, ops=(*self.case.ops, op))
        if op.kind is not Kind.CLOSE:
            self.claims[op.id] = Claim(kind=op.kind, outcome=Outcome.UNKNOWN, amount=op.amount, final=op.final)

    def send(self, op: Op) -> Fact:
        """Sends it, or sends it again. The fact about it; one that says UNKNOWN if there is none."""
        connector = self.new()
        calls = {Kind.CLOSE: connector.close}
        begins = op.kind in (Kind.AUTHORIZE, Kind.SETUP, Kind.PAYOUT)
        call = calls.get(op.kind, connector.start if begins else connector.perform)
        current = next(each for each in self.case.ops if each.id == op.id)
        return self.called(op, lambda: call(self.case, current))

    def proceed(self, back: Sent | None) -> Fact:
        op = next(each for each in self.case.ops if each.kind in (Kind.AUTHORIZE, Kind.SETUP))
        return self.called(op, lambda: self.new().proceed(self.case, op, back))

    def called(self, op: Op, call: Callable[[], list[Fact]]) -> Fact:
        """The core's rule: NotSent that escapes is NOT_BEGUN, if nothing else was sent; anything else is UNKNOWN."""
        unknown = Fact(case=self.case.id, kind=op.kind, outcome=Outcome.UNKNOWN, op=op.id)
        self.wire.begin()
        try:
            with connector_runs():
                facts = call()
        except NotSent:
            nothing = self.wire.sent_in_call == 1
            facts = [replace(unknown, outcome=Outcome.NOT_BEGUN)] if nothing else [unknown]
        except Exception:
            if not self.wire.disturbed:
                raise  # with nothing disturbed, it is a fault of the connector
            facts = [unknown]
        self.learn(facts)
        named = [each for each in facts if each.op == op.id and each.dispute is None]
        return named[-1] if named else unknown  # the core looks for the operation that it has sent, by its id

    def ask(self) -> list[Fact] | None:
        self.wire.begin()
        with connector_runs():
            try:
                facts = self.new().ask(self.case)
            except Exception:
                if not self.wire.disturbed:
                    raise
                facts = None
        self.learn(facts or ())
        return facts

    def hear(self, sents: Iterable[Sent]) -> list[Fact | Look]:
        """Receives notifications, and asks if one of them says no more than that something happened."""
        heard: list[Fact | Look] = []
        for sent in sents:
            with connector_runs():
                heard += self.new().receive(sent)
        mine = [each for each in heard if each.case == self.case.id]
        self.learn([each for each in mine if isinstance(each, Fact)])
        if any(isinstance(each, Look) for each in mine):
            self.ask()
        return mine

    def grow_older(self, age: timedelta) -> None:
        """Time passes by making the past longer."""
        ops = tuple(replace(each, requested_at=each.requested_at - age) for each in self.case.ops)
        self.case = replace(self.case, created_at=self.case.created_at - age, ops=ops)

    def copy(self) -> "Book":
        other = Book(self.case, self.wire, self.new, releases=self._releases)
        other.claims = dict(self.claims)
        return other

    def blank(self) -> "Book":
        """The same case as it would be known if every answer had been lost."""
        ops = tuple(replace(each, outcome=None, reference=None) for each in self.case.ops)
        case = replace(self.case, ops=(), memory={}, reference=None)
        other = Book(case, self.wire, self.new, releases=self._releases)
        for op in ops:
            other.record(op)
        return other

    # ---- what was told

    def learn(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self._check(fact)
            self.facts.append(fact)
            if fact.dispute is None and fact.kind is not Kind.CLOSE:
                self._claim(fact)
            memory = {**self.case.memory, **fact.remember}
            known = {**self.case.shopper_memory, **fact.remember_shopper}
            self.case = replace(self.case, memory=memory, shopper_memory=known)

    def _check(self, fact: Fact) -> None:
        if fact.case != self.case.id:
            raise Violation(f"a fact about {fact.case} among those of {self.case.id}")
        if fact.reason is not None and fact.reason not in REASONS:
            raise Violation(f"{fact.reason} is none of the contract's reason codes")
        if fact.op is None and fact.dispute is None and not fact.reference:
            raise Violation(f"{fact.kind} that names neither our operation nor the PSP's reference")
        if fact.as_of is not None and fact.as_of.tzinfo is None:
            raise Violation("as_of without a time zone")

    def about(self, op: Op, facts: Iterable[Fact]) -> Fact | None:
        """The last of the facts about this operation."""
        mine = [each for each in facts if each.dispute is None and self._key(each) == op.id]
        return mine[-1] if mine else None

    def _key(self, fact: Fact) -> str:
        if fact.op is not None:
            return fact.op
        for op in self.case.ops:
            if op.kind is fact.kind and op.reference == fact.reference:
                return op.id
        if fact.kind is Kind.AUTHORIZE and (first := self.case.op(Kind.AUTHORIZE)):
            return first.id
        return f"psp {fact.kind} {fact.reference}"

    def _claim(self, fact: Fact) -> None:
        key = self._key(fact)
        known = self.claims.get(key)
        amount = fact.amount if fact.amount is not None else known.amount if known else 0
        told = Claim(
            kind=fact.kind,
            outcome=fact.outcome,
            amount=amount,
            captured=fact.captured or 0,
            final=bool(known and known.final),
            ours=known.ours if known else False,
            reference=fact.reference,
            as_of=fact.as_of,
        )
        if known is None or not _is_older(told, known):
            self.claims[key] = told
        ops = (self._updated(each, fact) if each.id == key else each for each in self.case.ops)
        self.case = replace(self.case, ops=tuple(ops))
        if fact.kind in (Kind.AUTHORIZE, Kind.SETUP, Kind.PAYOUT) and fact.reference:
            self.case = replace(self.case, reference=fact.reference)

    def _updated(self, op: Op, fact: Fact) -> Op:
        return replace(op, outcome=self.claims[op.id].outcome, reference=fact.reference or op.reference)

    def outcome(self, op: Op) -> Outcome:
        return self.claims[op.id].outcome

    @property
    def observed(self) -> list[Claim]:
        """What the PSP or a bank did without a request."""
        return [each for each in self.claims.values() if not each.ours]

    def sums(self) -> Truth:
        """The claims, added up like the truth."""
        held = self._total(Kind.AUTHORIZE)
        at_once = sum(each.captured for each in self._standing(Kind.AUTHORIZE))
        captured = max(self._total(Kind.CAPTURE), at_once)  # which an authorization tells of is all that is captured
        cancelled = self._total(Kind.CANCEL)
        if any(each.final or self._releases for each in self._standing(Kind.CAPTURE)):
            cancelled = held - captured
        return Truth(
            authorized=held,
            captured=captured if held else 0,
            cancelled=cancelled if held else 0,
            refunded=self._total(Kind.REFUND) if held else 0,
            reversed=self._total(Kind.REVERSAL) if held else 0,
            paid_out=self._total(Kind.PAYOUT),
            executed=sum(each.ours and each.kind in _PAYS and each.outcome in DONE for each in self.claims.values()),
        )

    def _standing(self, kind: Kind) -> list[Claim]:
        return [each for each in self.claims.values() if each.kind is kind and each.outcome is Outcome.SUCCEEDED]

    def _total(self, kind: Kind) -> int:
        return sum(each.amount for each in self._standing(kind))


def _is_older(told: Claim, known: Claim) -> bool:
    """Of two reports about one operation, the one that counts less: by the PSP's time, else by how far they go."""
    if told.outcome is known.outcome:
        return bool(told.as_of and known.as_of and told.as_of < known.as_of)
    if known.outcome in DECIDED and told.outcome not in DECIDED:
        return True
    if told.as_of and known.as_of and told.as_of != known.as_of:
        return told.as_of < known.as_of
    return _RANKS[told.outcome] < _RANKS[known.outcome]

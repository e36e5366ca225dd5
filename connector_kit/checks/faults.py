"""Every fault of the wire, at every request of every operation: what the connector says, and what is done."""

from collections.abc import Callable
from dataclasses import dataclass

from connector_kit.book import DONE, Book
from connector_kit.checks import Declared, check
from connector_kit.checks.operating import cancels, captures, refunds
from connector_kit.checks.storing import registered
from connector_kit.setup_api import CannotShow
from connector_kit.wire import CERTAINLY_NOTHING, FAULTS
from connector_kit.world import World, must, shown
from tillgate.connectors.v1 import Can, Fact, Kind, Manifest, Op, Outcome

Prepare = Callable[[World], tuple[Book, Op]]


def _to_start(world: World) -> tuple[Book, Op]:
    return world.started()


def _to_capture(world: World) -> tuple[Book, Op]:
    book = world.authorized()
    return book, book.requested(Kind.CAPTURE, book.case.amount)


def _to_cancel(world: World) -> tuple[Book, Op]:
    book = world.authorized()
    return book, book.requested(Kind.CANCEL, book.case.amount)


def _to_refund(world: World) -> tuple[Book, Op]:
    book = world.captured()
    return book, book.requested(Kind.REFUND, book.case.amount // 4 if world.can.refunds == "many" else book.case.amount)


def _to_store(world: World) -> tuple[Book, Op]:
    return registered(world, world.setup.good(world.method))


def _always(manifest: Manifest, can: Can) -> bool:
    return True


_KINDS: dict[str, tuple[Prepare, Declared]] = {
    "authorize": (_to_start, _always),
    "capture": (_to_capture, captures),
    "cancel": (_to_cancel, cancels),
    "refund": (_to_refund, refunds),
    "store": (_to_store, lambda manifest, can: can.stores),
}


@dataclass(frozen=True, slots=True)
class FaultCheck:
    prepare: Prepare
    fault: str

    def __call__(self, world: World) -> None:
        sent = world.requests(self.prepare)
        if not sent:
            raise CannotShow("the connector sends no requests")
        for position in range(sent):
            self._at(world, position, f"with {self.fault} at request {position + 1} of {sent}")

    def _at(self, world: World, position: int, where: str) -> None:
        book, op = self.prepare(world)
        before = _executed(world, book, op)
        with world.wire.disturbing(position, FAULTS[self.fault]):
            fact = book.send(op)
        self._judge(fact, _executed(world, book, op) - before, where)
        if position == 0 and op.kind is Kind.AUTHORIZE and self.fault in CERTAINLY_NOTHING:
            must(fact.outcome is Outcome.NOT_BEGUN, f"{where}, it is {fact.outcome}: another PSP could be tried")
        self._judge_asked(world, book, op, before, where)
        outcome = book.send(op).outcome
        world.wire.deliver_late()
        must(outcome not in (Outcome.FAILED, Outcome.NOT_BEGUN), f"{where} and then repeated, it is {outcome}")
        book.ask()
        self._finish(world, book, op, where)

    def _judge(self, fact: Fact, executed: int, where: str) -> None:
        must(executed <= 1, f"{where}, it is executed {executed} times")
        must(fact.outcome is not Outcome.FAILED, f"{where}, it has {shown(fact)}: nobody refused it")
        if fact.outcome is Outcome.NOT_BEGUN:
            must(not executed, f"{where}, it is NOT_BEGUN, and executed")
            must(self.fault in CERTAINLY_NOTHING, f"{where}, it is NOT_BEGUN: nobody can know that")
        if fact.outcome in DONE:
            must(executed, f"{where}, it has SUCCEEDED, and nothing was executed")

    def _judge_asked(self, world: World, book: Book, op: Op, before: int, where: str) -> None:
        blank = book.blank()
        facts = blank.ask()
        if facts is not None and blank.about(op, facts) is None:
            executed = _executed(world, book, op) - before
            must(not executed, f"{where}, and asked then, it does not exist, and was executed")

    def _finish(self, world: World, book: Book, op: Op, where: str) -> None:
        if op.kind is Kind.SETUP:
            must(book.outcome(op) is Outcome.SUCCEEDED, f"{where}, repeated and asked, it is {book.outcome(op)}")
            stored = _executed(world, book, op)
            must(stored == 1, f"{where} and repeated, {stored} instruments are stored")
            return None
        if book.outcome(op) in (Outcome.ACTION, Outcome.PENDING):
            return world.nothing(book)
        return world.agree(book)


def _executed(world: World, book: Book, op: Op) -> int:
    """At the PSP: how many requests of the case, or how many instruments of its shopper."""
    return world.setup.stored(book.case) if op.kind is Kind.SETUP else world.truth(book).executed


for _kind, (_prepare, _declared) in _KINDS.items():
    for _fault in FAULTS:
        check(f"{_kind}: {_fault}", _declared, offline=False)(FaultCheck(_prepare, _fault))

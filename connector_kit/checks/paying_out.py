"""Payouts to vendors and persons."""

from typing import Literal

from connector_kit.book import Book
from connector_kit.checks import check_whole
from connector_kit.setup_api import CannotShow, Truth
from connector_kit.wire import CERTAINLY_NOTHING, FAULTS
from connector_kit.world import World, must, shown
from tillgate.connectors.v1 import Kind, Manifest, Op, Outcome

To = Literal["vendor", "person"]


def pays(manifest: Manifest) -> bool:
    return bool(manifest.pays)


def _payout(world: World, to: To, *, works: bool = True) -> tuple[Book, Op]:
    account, instrument = world.setup.payee(to, works=works)
    case = world.case(account=account, instrument=instrument, method="", capture="auto")
    book = world.book(case)
    return book, book.requested(Kind.PAYOUT, case.amount)


@check_whole("payout: paid", pays)
def paid(world: World) -> None:
    for to in sorted(world.manifest.pays):
        book, op = _payout(world, to)
        fact = book.send(op)
        must(fact.outcome is Outcome.SUCCEEDED, f"a payout to a {to} is {shown(fact)}")
        world.agree(book, Truth(paid_out=book.case.amount, executed=1))
        blank = book.blank()
        if blank.ask() is not None:
            world.agree(blank)


@check_whole("payout: refused", pays)
def refused(world: World) -> None:
    for to in sorted(world.manifest.pays):
        book, op = _payout(world, to, works=False)
        fact = book.send(op)
        must(fact.outcome is Outcome.FAILED, f"a payout that the PSP refused is {shown(fact)}")
        world.agree(book, Truth())


@check_whole("payout: repeated", pays)
def repeated(world: World) -> None:
    for to in sorted(world.manifest.pays):
        book, op = _payout(world, to)
        first, second = book.send(op), book.send(op)
        must(second.outcome is first.outcome, f"{shown(first)}, and when repeated {shown(second)}")
        world.agree(book)


@check_whole("payout: every fault", pays)
def every_fault(world: World) -> None:
    for to in sorted(world.manifest.pays):
        book, op = _payout(world, to)
        sent = world.wire.requests_of(lambda book=book, op=op: book.send(op))  # type: ignore[misc]
        if not sent:
            raise CannotShow("the connector sends no requests")
        for name in FAULTS:
            for position in range(sent):
                _disturbed(world, to, name, position)


def _disturbed(world: World, to: To, name: str, position: int) -> None:
    book, op = _payout(world, to)
    with world.wire.disturbing(position, FAULTS[name]):
        fact = book.send(op)
    must(fact.outcome is not Outcome.FAILED, f"with {name}, a payout has {shown(fact)}: nobody refused it")
    nothing = name in CERTAINLY_NOTHING or fact.outcome is not Outcome.NOT_BEGUN
    must(nothing, f"with {name}, a payout is NOT_BEGUN: nobody can know that")
    book.send(op)
    world.wire.deliver_late()
    book.ask()
    world.agree(book)


@check_whole("payout: notified", pays)
def notified(world: World) -> None:
    for to in sorted(world.manifest.pays):
        book, op = _payout(world, to)
        book.send(op)
        sents = world.setup.heard(book.case)
        if not sents:
            raise CannotShow("it has sent no notification")
        blank = book.blank()
        blank.hear(sents)
        world.agree(blank)

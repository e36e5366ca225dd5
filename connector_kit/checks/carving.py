"""Vendor payments that are carved out of a technical payment (TH-4)."""

from dataclasses import replace

from connector_kit.book import Book
from connector_kit.checks import check
from connector_kit.checks.operating import captures, quarter, refunds_many
from connector_kit.setup_api import Truth
from connector_kit.world import World, must, shown
from tillgate.connectors.v1 import Can, Kind, Manifest, Op, Outcome


def carves(manifest: Manifest, can: Can) -> bool:
    return manifest.marketplace == "carve" and captures(manifest, can)


def _part(world: World, parent: Book, amount: int, *, works: bool = True) -> tuple[Book, Op]:
    account, _ = world.setup.payee("vendor", works=works)
    case = world.case(amount=amount, account=account, instrument=None)
    book = world.book(replace(case, parent=parent.case, currency=parent.case.currency))
    return book, book.requested(Kind.AUTHORIZE, amount)


def _carved(world: World, parent: Book, amount: int) -> Book:
    book, op = _part(world, parent, amount)
    fact = book.send(op)
    must(fact.outcome is Outcome.SUCCEEDED, f"a vendor's part is {shown(fact)}")
    return book


@check("vendor's part: carved, captured with a fee, refunded", carves)
def carved(world: World) -> None:
    parent = world.authorized()
    before = world.truth(parent)
    book = _carved(world, parent, quarter(parent))
    world.agree(book, Truth(authorized=quarter(parent), executed=1))
    op = book.requested(Kind.CAPTURE, quarter(parent), final=True, fee=quarter(parent) // 10)
    must(book.send(op).outcome is Outcome.SUCCEEDED, "a vendor's part is not captured")
    if refunds_many(world.manifest, world.can):
        world.done(book, Kind.REFUND, quarter(parent) // 2)
    world.agree(book)
    must(world.truth(parent) == before, "operating on a part changes the payment that it was carved out of")


@check("vendor's part: repeated", carves)
def repeated(world: World) -> None:
    parent = world.authorized()
    book, op = _part(world, parent, quarter(parent))
    first, second = book.send(op), book.send(op)
    must(first.outcome is second.outcome, f"{shown(first)}, and when repeated {shown(second)}")
    world.agree(book)


@check("vendor's part: more than is left", carves)
def more_than_is_left(world: World) -> None:
    parent = world.authorized()
    _carved(world, parent, quarter(parent) * 3)
    _refused(world, *_part(world, parent, quarter(parent) * 2))


@check("vendor's part: refused", carves)
def refused(world: World) -> None:
    parent = world.authorized()
    _refused(world, *_part(world, parent, quarter(parent), works=False))


def _refused(world: World, book: Book, op: Op) -> None:
    fact = book.send(op)
    must(fact.outcome is Outcome.FAILED, f"a part that the PSP refuses is {shown(fact)}")
    world.nothing(book)

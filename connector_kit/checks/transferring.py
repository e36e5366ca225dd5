"""Vendors' parts that are transferred out of a payment that was captured at once (TH-4).

A part is nothing at the PSP until it is captured. What moves then is what is compared: to the vendor's account, and
back from it to the shopper.
"""

from collections.abc import Callable
from dataclasses import replace

from connector_kit.book import Book
from connector_kit.checks import check
from connector_kit.checks.operating import quarter
from connector_kit.setup_api import CannotShow, Truth
from connector_kit.wire import CERTAINLY_NOTHING, FAULTS
from connector_kit.world import World, must, shown
from tillgate.connectors.v1 import Can, Kind, Manifest, Op, Outcome

Prepare = Callable[[World, Book], tuple[Book, Op]]


def transfers(manifest: Manifest, can: Can) -> bool:
    return manifest.marketplace == "transfer_after_capture" and "auto" in can.capture


def gives_back(manifest: Manifest, can: Can) -> bool:
    return transfers(manifest, can) and can.refunds == "many"


def _part(world: World, parent: Book, amount: int, *, works: bool = True) -> Book:
    """A vendor's part that is recorded: nothing is transferred for it yet."""
    account, _ = world.setup.payee("vendor", works=works)
    case = world.case(amount=amount, account=account, instrument=None, capture="auto")
    book = world.book(replace(case, parent=parent.case, currency=parent.case.currency))
    fact = book.send(book.requested(Kind.AUTHORIZE, amount))
    must(fact.outcome is Outcome.SUCCEEDED, f"a vendor's part is {shown(fact)}")
    return book


def _to_transfer(world: World, parent: Book) -> tuple[Book, Op]:
    book = _part(world, parent, quarter(parent))
    return book, book.requested(Kind.CAPTURE, book.case.amount, final=True, fee=_fee(book))


def _transferred(world: World, parent: Book) -> Book:
    book, op = _to_transfer(world, parent)
    must(book.send(op).outcome is Outcome.SUCCEEDED, "a vendor's part is not captured")
    return book


def _to_refund(world: World, parent: Book) -> tuple[Book, Op]:
    book = _transferred(world, parent)
    return book, book.requested(Kind.REFUND, book.case.amount // 2)


def _fee(book: Book) -> int:
    return book.case.amount // 10


def _share(book: Book, refunded: int = 0) -> int:
    """What the vendor has: the fee goes back in proportion, rounded down."""
    amount, fee = book.case.amount, _fee(book)
    return amount - fee - (refunded - fee * refunded // amount)


def _moved(world: World, book: Book, expected: Truth, where: str = "") -> None:
    """What the PSP has moved for the part, and that the connector finds no more and no less of it by asking."""
    truth = world.truth(book)
    must(truth == expected, f"{where}the PSP has moved {truth}, not {expected}")
    blank = book.blank()
    if (facts := blank.ask()) is not None:
        told = sum(each.outcome is Outcome.SUCCEEDED and each.kind is not Kind.AUTHORIZE for each in facts)
        must(told == expected.executed, f"{where}asked, it knows of {told} operations, and {expected.executed} are")


@check("vendor's part: transferred less its fee, once it is captured", transfers)
def transferred(world: World) -> None:
    parent = world.captured()
    before = world.truth(parent)
    book, op = _to_transfer(world, parent)
    _moved(world, book, Truth(), "before its capture ")
    must(book.send(op).outcome is Outcome.SUCCEEDED, "a vendor's part is not captured")
    _moved(world, book, Truth(transferred=_share(book), executed=1))
    must(world.truth(parent) == before, "a transfer changes the shopper's payment")


@check("vendor's part: transfer repeated", transfers)
def transfer_repeated(world: World) -> None:
    _repeated(world, *_to_transfer(world, world.captured()))


@check("vendor's part: refund repeated", gives_back)
def refund_repeated(world: World) -> None:
    _repeated(world, *_to_refund(world, world.captured()))


def _repeated(world: World, book: Book, op: Op) -> None:
    first = book.send(op)
    once = world.truth(book)
    second = book.send(op)
    must(first.outcome is second.outcome, f"{shown(first)}, and when repeated {shown(second)}")
    _moved(world, book, once, "repeated, ")


@check("vendor's part: refunded in parts, its transfer comes back", gives_back)
def refunded(world: World) -> None:
    parent = world.captured()
    book, uneven = _transferred(world, parent), quarter(parent) // 7
    for count, back in enumerate((uneven, uneven * 2, book.case.amount), 1):
        world.done(book, Kind.REFUND, back - world.truth(book).refunded)
        _moved(world, book, Truth(transferred=_share(book, back), refunded=back, executed=1 + count))


@check("vendor's part: the fee is kept when it is refunded", gives_back)
def fee_kept(world: World) -> None:
    book = _transferred(world, world.captured())
    book.case = replace(book.case, refunds_fee=False)
    half = book.case.amount // 2
    world.done(book, Kind.REFUND, half)
    _moved(world, book, Truth(transferred=_share(book) - half, refunded=half, executed=2))


@check("vendor's part: given up, it goes back to the shopper", gives_back)
def given_up(world: World) -> None:
    book = _part(world, parent := world.captured(), quarter(parent))
    world.done(book, Kind.CANCEL, book.case.amount)
    _moved(world, book, Truth(refunded=book.case.amount, executed=1))


@check("vendor's part: its refund is none of the whole payment's own", gives_back)
def refund_of_a_part(world: World) -> None:
    """Or it would be counted twice: with its vendor's, and with what nobody asked for."""
    parent = world.captured()
    book, op = _to_refund(world, parent)
    must(book.send(op).outcome is Outcome.SUCCEEDED, "a vendor's part is not refunded")
    parent.ask()
    must(not parent.observed, f"the part's refund is told of the whole payment: {parent.observed}")


@check("vendor's part: more than was captured", transfers)
def more_than_was_captured(world: World) -> None:
    parent = world.captured()
    for name, ends in (("the first", Outcome.SUCCEEDED), ("another", Outcome.FAILED)):
        book = _part(world, parent, quarter(parent) * 3)
        fact = book.send(book.requested(Kind.CAPTURE, book.case.amount, final=True))
        must(fact.outcome is ends, f"of a payment that has room for one part, {name} is {shown(fact)}")
        _moved(world, book, Truth(transferred=book.case.amount, executed=1) if ends is Outcome.SUCCEEDED else Truth())


@check("vendor's part: transfer refused", transfers)
def refused(world: World) -> None:
    parent = world.captured()
    book = _part(world, parent, quarter(parent), works=False)
    fact = book.send(book.requested(Kind.CAPTURE, book.case.amount, final=True))
    must(fact.outcome is Outcome.FAILED, f"a part that the PSP refuses is {shown(fact)}")
    _moved(world, book, Truth())


@check("vendor's part: transfer, every fault", transfers)
def transfer_disturbed(world: World) -> None:
    _every_fault(world, _to_transfer)


@check("vendor's part: refund, every fault", gives_back)
def refund_disturbed(world: World) -> None:
    """Also between the shopper's money and the vendor's: whatever is lost, both go back, once."""
    _every_fault(world, _to_refund)


def _every_fault(world: World, prepare: Prepare) -> None:
    book, op = prepare(world, world.captured())
    sent = world.wire.requests_of(lambda: book.send(op))
    if not sent:
        raise CannotShow("the connector sends no requests")
    expected = world.truth(book)
    for fault in FAULTS:
        for position in range(sent):
            _disturbed(world, prepare, fault, position, expected)


def _disturbed(world: World, prepare: Prepare, fault: str, position: int, expected: Truth) -> None:
    where = f"with {fault} at request {position + 1}, "
    book, op = prepare(world, world.captured())
    with world.wire.disturbing(position, FAULTS[fault]):
        fact = book.send(op)
    must(fact.outcome is not Outcome.FAILED, f"{where}it has {shown(fact)}: nobody refused it")
    begun = fact.outcome is not Outcome.NOT_BEGUN or fault in CERTAINLY_NOTHING
    must(begun, f"{where}it is NOT_BEGUN: nobody can know that")
    book.ask()
    if book.outcome(op) is Outcome.SUCCEEDED:  # then the core sends nothing more
        _moved(world, book, expected, f"{where}and asked, ")
    book.send(op)
    world.wire.deliver_late()
    book.ask()
    must(book.outcome(op) is Outcome.SUCCEEDED, f"{where}and then repeated, it is {book.outcome(op)}")
    _moved(world, book, expected, f"{where}and then repeated, ")

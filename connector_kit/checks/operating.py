"""Captures, cancels and refunds: whole, part, many, too much, said twice."""

from connector_kit.book import Book
from connector_kit.checks import check
from connector_kit.checks.authorizing import holds
from connector_kit.setup_api import CannotShow
from connector_kit.world import World, must, shown
from tillgate.connectors.v1 import Can, Kind, Manifest, Outcome


def captures(manifest: Manifest, can: Can) -> bool:
    return holds(manifest, can) and can.captures != "none"


def captures_parts(manifest: Manifest, can: Can) -> bool:
    return captures(manifest, can) and can.captures in ("one", "many")


def captures_many(manifest: Manifest, can: Can) -> bool:
    return captures(manifest, can) and can.captures == "many"


def cancels(manifest: Manifest, can: Can) -> bool:
    return holds(manifest, can) and can.cancels != "none"


def refunds(manifest: Manifest, can: Can) -> bool:
    return can.refunds != "none" and ("auto" in can.capture or captures(manifest, can))


def refunds_many(manifest: Manifest, can: Can) -> bool:
    return refunds(manifest, can) and can.refunds == "many"


def quarter(book: Book) -> int:
    return book.case.amount // 4


@check("capture: whole", captures)
def capture_whole(world: World) -> None:
    book = world.authorized()
    world.done(book, Kind.CAPTURE, book.case.amount)
    world.agree(book)


@check("capture: part, the rest released", captures_parts)
def capture_part(world: World) -> None:
    book = world.authorized()
    world.done(book, Kind.CAPTURE, quarter(book), final=True)
    world.agree(book)
    truth = world.truth(book)
    must(truth.captured == quarter(book), f"the PSP has captured {truth.captured}, not {quarter(book)}")
    must(truth.cancelled == book.case.amount - quarter(book), f"the PSP still holds the rest: {truth}")


@check("capture: in parts", captures_many)
def capture_in_parts(world: World) -> None:
    book = world.authorized()
    for part in (quarter(book), quarter(book) * 2):
        world.done(book, Kind.CAPTURE, part)
        world.agree(book)
    world.done(book, Kind.CAPTURE, quarter(book), final=True)
    world.agree(book)


@check("capture: more than is held", captures)
def capture_too_much(world: World) -> None:
    book = world.authorized()
    _refused(world, book, Kind.CAPTURE, book.case.amount + 1, "captured")
    world.done(book, Kind.CAPTURE, book.case.amount)
    world.agree(book)


@check("capture: repeated", captures)
def capture_repeated(world: World) -> None:
    book = world.authorized()
    amount = quarter(book) if world.can.captures == "many" else book.case.amount
    _repeated(world, book, Kind.CAPTURE, amount)


@check("cancel: whole", cancels)
def cancel_whole(world: World) -> None:
    book = world.authorized()
    world.done(book, Kind.CANCEL, book.case.amount)
    world.agree(book)
    must(world.truth(book).cancelled == book.case.amount, "the PSP still holds it")


@check("cancel: part, then the rest captured", lambda manifest, can: cancels(manifest, can) and can.cancels == "part")
def cancel_part(world: World) -> None:
    book = world.authorized()
    world.done(book, Kind.CANCEL, quarter(book))
    world.agree(book)
    world.done(book, Kind.CAPTURE, book.case.amount - quarter(book))
    world.agree(book)


@check("cancel: more than is held", cancels)
def cancel_too_much(world: World) -> None:
    book = world.captured() if not captures_many(world.manifest, world.can) else world.authorized()
    if captures_many(world.manifest, world.can):
        world.done(book, Kind.CAPTURE, quarter(book) * 3)
    _refused(world, book, Kind.CANCEL, book.case.amount, "cancelled")


@check("cancel: repeated", cancels)
def cancel_repeated(world: World) -> None:
    book = world.authorized()
    _repeated(world, book, Kind.CANCEL, quarter(book) if world.can.cancels == "part" else book.case.amount)


@check("refund: whole", refunds)
def refund_whole(world: World) -> None:
    book = world.captured()
    world.done(book, Kind.REFUND, book.case.amount)
    world.agree(book)


@check("refund: in parts of the same amount", refunds_many)
def refund_in_parts(world: World) -> None:
    book = world.captured()
    ops = [world.done(book, Kind.REFUND, quarter(book)) for _ in range(3)]
    world.agree(book)
    references = {each.reference for each in book.case.ops if each.id in {op.id for op in ops}}
    known = len(references) == 3 and None not in references
    must(known or not world.manifest.hosts, "refunds without a reference of their own")


@check(
    "refund: of a part of a part", lambda manifest, can: refunds_many(manifest, can) and captures_parts(manifest, can)
)
def refund_of_a_part(world: World) -> None:
    book = world.authorized()
    world.done(book, Kind.CAPTURE, quarter(book) * 2, final=True)
    world.done(book, Kind.REFUND, quarter(book))
    world.agree(book)


@check("refund: more than was captured", refunds)
def refund_too_much(world: World) -> None:
    book = world.captured()
    _refused(world, book, Kind.REFUND, book.case.amount + 1, "refunded")


@check("refund: more than is left", refunds_many)
def refund_more_than_is_left(world: World) -> None:
    book = world.captured()
    world.done(book, Kind.REFUND, quarter(book) * 3)
    _refused(world, book, Kind.REFUND, quarter(book) * 2, "refunded")


@check("refund: repeated", refunds)
def refund_repeated(world: World) -> None:
    book = world.captured()
    _repeated(world, book, Kind.REFUND, quarter(book) if world.can.refunds == "many" else book.case.amount)


def _refused(world: World, book: Book, kind: Kind, amount: int, name: str) -> None:
    """Refused, and told so; or done, which is the PSP's fault: then the stand-in shows nothing about the connector."""
    before = getattr(world.truth(book), name)
    op = book.requested(kind, amount)
    fact = book.send(op)
    done = getattr(world.truth(book), name) - before
    if done == amount and fact.outcome is Outcome.SUCCEEDED:
        raise CannotShow("it accepts more than is there, and the connector reports that truthfully")
    must(fact.outcome is Outcome.FAILED, f"{kind} of more than is there is {shown(fact)}")
    world.agree(book)


def _repeated(world: World, book: Book, kind: Kind, amount: int) -> None:
    op = book.requested(kind, amount)
    first, second = book.send(op), book.send(op)
    must(second.outcome is first.outcome is Outcome.SUCCEEDED, f"{shown(first)}, and when repeated {shown(second)}")
    world.agree(book)
    blank = book.blank()
    if world.manifest.ask == "ours" and blank.ask() is not None:
        world.agree(blank)

"""What a PSP or a bank does without a request: refunds, lapses, reversals, late failures."""

from connector_kit.book import Book, Claim
from connector_kit.checks import check
from connector_kit.checks.operating import cancels, captures, captures_parts, quarter, refunds
from connector_kit.setup_api import CannotShow, Deed
from connector_kit.world import World, must
from tillgate.connectors.v1 import Kind, Outcome


def _observe(world: World, book: Book, deed: Deed, amount: int, times: int = 1) -> list[Claim]:
    """Does it at the PSP. What was asked and what was notified say the same, with the same references."""
    for _ in range(times):
        world.setup.unasked(book.case, deed, amount)
    listener = book.copy()
    _asked(world, book)
    world.agree(book)
    try:
        sents = world.setup.heard(book.case)
    except CannotShow:
        sents = []
    if sents:
        listener.hear(sents)
        listener.ask()
        strangers = {each.reference for each in listener.observed} - {each.reference for each in book.observed}
        must(not strangers, "notified, it has other references than asked: it would be recorded twice")
        world.agree(listener)
    return book.observed


def _asked(world: World, book: Book) -> None:
    if book.ask() is None:
        sents = world.setup.heard(book.case)
        if not sents:
            raise CannotShow("it can neither be asked, nor does it notify of this")
        book.hear(sents)


def _one(claims: list[Claim], kind: Kind, amount: int) -> Claim:
    must(len(claims) == 1, f"one operation of the PSP's own was expected, and {len(claims)} are told")
    (claim,) = claims
    must((claim.kind, claim.amount) == (kind, amount), f"{kind} of {amount} is told as {claim.kind} of {claim.amount}")
    return claim


@check("unasked: refund", refunds, offline=False)
def refund(world: World) -> None:
    book = world.captured()
    _one(_observe(world, book, "refund", quarter(book)), Kind.REFUND, quarter(book))


@check("unasked: two equal refunds", refunds, offline=False)
def two_equal_refunds(world: World) -> None:
    book = world.captured()
    told = _observe(world, book, "refund", quarter(book), times=2)
    must(len(told) == 2, f"two equal refunds are told as {len(told)}")


@check("unasked: a hold runs out", cancels, offline=False)
def hold_runs_out(world: World) -> None:
    book = world.authorized()
    claim = _one(_observe(world, book, "expire_rest", book.case.amount), Kind.CANCEL, book.case.amount)
    lapse = [each for each in book.facts if each.reference == claim.reference and each.kind is Kind.CANCEL]
    must(all(each.lapsed for each in lapse), "a hold that ran out looks like a cancel")


@check("unasked: the rest of a hold runs out", captures_parts, offline=False)
def rest_runs_out(world: World) -> None:
    if world.can.captures == "one":
        raise CannotShow("a capture releases the rest")
    book = world.authorized()
    world.done(book, Kind.CAPTURE, quarter(book))
    _one(_observe(world, book, "expire_rest", quarter(book) * 3), Kind.CANCEL, quarter(book) * 3)


@check("unasked: a bank takes all back", offline=False)
def all_back(world: World) -> None:
    book = world.authorized()
    _observe(world, book, "reverse", book.case.amount)
    must(book.outcome(book.case.ops[0]) is Outcome.REVERSED, "an authorization that failed later is not REVERSED")


@check("unasked: a bank takes a part back", offline=False)
def part_back(world: World) -> None:
    book = world.captured()
    _one(_observe(world, book, "reverse_part", quarter(book)), Kind.REVERSAL, quarter(book))


@check("unasked: a capture fails later", captures, offline=False)
def capture_fails(world: World) -> None:
    book = world.authorized()
    op = world.done(book, Kind.CAPTURE, book.case.amount)
    _observe(world, book, "fail_capture", book.case.amount)
    must(book.outcome(op) is Outcome.REVERSED, f"a capture that failed later is {book.outcome(op)}")


@check("unasked: a refund fails later", refunds, offline=False)
def refund_fails(world: World) -> None:
    book = world.captured()
    op = world.done(book, Kind.REFUND, book.case.amount)
    _observe(world, book, "fail_refund", book.case.amount)
    must(book.outcome(op) is Outcome.REVERSED, f"a refund that failed later is {book.outcome(op)}")

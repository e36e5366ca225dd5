"""Notifications: doubled, reordered, forged, before our own record, of the name alone (`Look`)."""

import re
from dataclasses import replace

from connector_kit.book import Book
from connector_kit.checks import check
from connector_kit.checks.operating import captures_many, quarter, refunds_many
from connector_kit.checks.shopper import asked, redirects
from connector_kit.setup_api import CannotShow
from connector_kit.wire import connector_runs
from connector_kit.world import NotDeclared, World, differing, must
from tillgate.connectors.v1 import Connector, Fact, Kind, Look, Malformed, NotAuthentic, Sent


def lived(world: World) -> tuple[Book, list[Sent]]:
    """A payment that has seen as much as it can, and all that the PSP has sent about it."""
    if redirects(world.manifest, world.can):
        try:
            book, _, action = asked(world)
            book.proceed(world.setup.choose(action, "approve"))
        except CannotShow:
            book = world.authorized()
    else:
        book = world.authorized()
    if captures_many(world.manifest, world.can):
        world.done(book, Kind.CAPTURE, quarter(book) * 2)
        world.done(book, Kind.CAPTURE, quarter(book))
    if refunds_many(world.manifest, world.can) and world.truth(book).captured:
        world.done(book, Kind.REFUND, quarter(book))
    sents = world.setup.heard(book.case)
    if not sents:
        raise CannotShow("it has sent no notification")
    return book, sents


@check("notifications: before our own record", offline=False)
def before_our_record(world: World) -> None:
    """Every answer was lost: what the PSP notifies is all that is known."""
    book, sents = lived(world)
    blank = book.blank()
    told = blank.hear(sents)
    must(told, "nothing in the notifications is about the payment")
    if any(each.kind is Kind.AUTHORIZE for each in blank.facts):
        world.agree(blank)


@check("notifications: doubled", offline=False)
def doubled(world: World) -> None:
    book, sents = lived(world)
    for known in (book, book.blank()):
        known.hear([each for each in sents for _ in range(2)])
        must(not known.observed, "a repeated notification became an operation of its own")
    world.agree(book)


@check("notifications: in the wrong order", offline=False)
def reordered(world: World) -> None:
    book, sents = lived(world)
    book.hear(reversed(sents))
    world.agree(book)
    in_order, reverse = book.blank(), book.blank()
    in_order.hear(sents)
    reverse.hear(reversed(sents))
    told, otherwise = in_order.sums(), reverse.sums()
    must(told == otherwise, f"{differing(told, otherwise)}, and in the wrong order {differing(otherwise, told)}")


@check("notifications: forged", offline=False)
def forged(world: World) -> None:
    _, sents = lived(world)
    for sent in sents:
        for change, other in _forgeries(world, sent):
            facts = [each for each in _received(world.connector(), other) if isinstance(each, Fact)]
            must(not facts, f"accepted with {change}")


def _forgeries(world: World, sent: Sent) -> list[tuple[str, Sent]]:
    """What is changed so that it says something else, with and without the rest of its signature."""
    changed = re.sub(rb"\d(?=\D*$)", lambda found: b"%d" % ((int(found[0]) + 1) % 10), sent.body, count=1)
    amount = str(world.setup.amount(world.method)).encode()
    larger = sent.body.replace(amount, b"9" + amount[1:])
    yields = [("another digit", replace(sent, body=changed))]
    if larger != sent.body:
        yields.append(("another amount", replace(sent, body=larger)))
        yields.append(("another amount and no signature", Sent(body=larger)))
    return yields


@check("notifications: signed for somebody else", offline=False)
def for_somebody_else(world: World) -> None:
    _, sents = lived(world)
    for sent in sents:
        facts = [each for each in _received(world.connector("wrong"), sent) if isinstance(each, Fact)]
        must(not facts, "a notification that was signed with another secret is accepted")


@check("notifications: nonsense", offline=False)
def nonsense(world: World) -> None:
    """Nothing but what the interface names escapes, and nothing is believed."""
    _, sents = lived(world)
    signed = sents[-1]
    for body in (b"", b"null", b"[]", b"{}", b"\xff\xfe", signed.body[: len(signed.body) // 2], b"[" * 100_000):
        for other in (Sent(body=body), replace(signed, body=body)):
            facts = [each for each in _received(world.connector(), other) if isinstance(each, Fact)]
            must(not facts, f"facts out of {body[:20]!r}")


@check("notifications: of a name alone", offline=False)
def name_alone(world: World) -> None:
    book, sents = lived(world)
    looks = [each for sent in sents for each in _received(world.connector(), sent) if isinstance(each, Look)]
    if not looks:
        raise NotDeclared
    must(all(each.case == book.case.id for each in looks), "a Look names another case")
    blank = book.blank()
    blank.case = replace(blank.case, reference=book.case.reference, memory=book.case.memory)
    blank.hear(sents)
    world.agree(blank)


def _received(connector: Connector, sent: Sent) -> list[Fact | Look]:
    try:
        with connector_runs():
            return list(connector.receive(sent))
    except (NotAuthentic, Malformed):
        return []

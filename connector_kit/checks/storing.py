"""Stored instruments: kept, paid with, charged while the shopper is absent, forgotten."""

from dataclasses import replace
from typing import Literal

from connector_kit.book import Book
from connector_kit.checks import check
from connector_kit.checks.shopper import action_of
from connector_kit.setup_api import Instrument
from connector_kit.wire import FAULTS, connector_runs, lost_before
from connector_kit.world import Broken, World, must, shown
from tillgate.connectors.v1 import Can, Case, Forgets, Kind, Manifest, Op, Outcome
from tillgate.connectors.v1 import Instrument as Stored


def stores(manifest: Manifest, can: Can) -> bool:
    return can.stores


def recurs(manifest: Manifest, can: Can) -> bool:
    return can.stores and can.recurring


def registered(world: World, instrument: Instrument | None) -> tuple[Book, Op]:
    """Storing without a payment: one operation, whose key is the token that it is stored under."""
    case = world.case(instrument=instrument)
    case = replace(case, amount=0, currency="", order_reference="", capture="manual", saves_as=case.id)
    op = Op(id=case.id, kind=Kind.SETUP, amount=0, requested_at=case.created_at)
    book = world.book(case)
    book.record(op)
    return book, op


def _saved(book: Book) -> Case:
    """The registration of what was stored, as the core keeps it, with a payment or without one."""
    token = book.case.saves_as or ""
    op = Op(id=token, kind=Kind.SETUP, amount=0, requested_at=book.case.created_at)
    told = {"token": _stored(book).token}
    return replace(book.case, id=token, amount=0, currency="", ops=(op,), instrument=told, reference=None, memory={})


def _stored(book: Book) -> Stored:
    told = [each.instrument for each in book.facts if each.instrument]
    if not told:
        raise Broken("what was stored is not told")
    must(told[-1].token, "a stored instrument without a token")
    return told[-1]


def _kept(world: World, instrument: Instrument | None) -> Book:
    """A stored instrument; its shopper has confirmed it if asked."""
    book, op = registered(world, instrument)
    fact = book.send(op)
    if fact.outcome is Outcome.ACTION:
        fact = book.proceed(world.setup.choose(action_of(fact), "approve"))
    must(fact.outcome is Outcome.SUCCEEDED, f"a registration that should succeed is {shown(fact)}")
    return book


def _paying(world: World, stored: Book, recurring: Literal["REPEATED"] | None = None) -> tuple[Book, Op]:
    """A payment by the same shopper with the stored instrument."""
    named = {"token": _stored(stored).token}
    case = world.case(instrument=named, shopper=stored.case.shopper, shopper_memory=stored.case.shopper_memory)
    book = world.book(replace(case, recurring=recurring))
    return book, book.requested(Kind.AUTHORIZE, book.case.amount)


@check("store: without a payment", stores)
def without_a_payment(world: World) -> None:
    book = _kept(world, world.setup.good(world.method))
    must(world.setup.stored(book.case) == 1, f"{world.setup.stored(book.case)} instruments are stored, not one")
    told = _stored(book)
    must(told.last4 == "" or (len(told.last4) == 4 and told.last4.isdigit()), f"last4 is {told.last4!r}")


@check("store: found by asking", stores)
def found_by_asking(world: World) -> None:
    book = _kept(world, world.setup.good(world.method))
    blank = book.blank()
    facts = blank.ask()
    if facts is not None:
        must(_stored(blank) == _stored(book), "asked, another instrument is told")


@check("store: refused", stores)
def refused(world: World) -> None:
    book, op = registered(world, world.setup.bad(world.method))
    fact = book.send(op)
    must(fact.outcome is Outcome.FAILED, f"what the PSP does not store is {shown(fact)}")


@check("store: with a payment", stores)
def with_a_payment(world: World) -> None:
    book = world.authorized(saves_as=world.fresh("saved"))
    book.ask()
    must(world.setup.stored(book.case) == 1, "the instrument is not stored")
    again, op = _paying(world, book)
    must(again.send(op).outcome is Outcome.SUCCEEDED, "what was stored with a payment does not pay")
    must(_forget(world, _saved(book)), "what was stored with a payment is not forgotten")
    must(world.setup.stored(book.case) == 0, "the connector says that it is forgotten, and it is not")


@check("store: pays again", stores)
def pays_again(world: World) -> None:
    book, op = _paying(world, _kept(world, world.setup.good(world.method)))
    fact = book.send(op)
    must(fact.outcome is Outcome.SUCCEEDED, f"a payment with a stored instrument is {shown(fact)}")
    world.agree(book)


@check("store: confirmed by the shopper", lambda manifest, can: can.stores and can.redirect != "none")
def confirmed(world: World) -> None:
    book, op = registered(world, world.setup.asks(world.method))
    action = action_of(book.send(op))
    must(world.setup.stored(book.case) == 0, "stored before the shopper has confirmed it")
    fact = book.proceed(world.setup.choose(action, "approve"))
    must(fact.outcome is Outcome.SUCCEEDED, f"confirmed, the registration is {shown(fact)}")
    _stored(book)


@check("forget: stored", stores)
def forgets(world: World) -> None:
    book = _kept(world, world.setup.good(world.method))
    must(_forget(world, _saved(book)), "the PSP has forgotten it, and the connector does not say so")
    must(world.setup.stored(book.case) == 0, "the connector says that it is forgotten, and it is not")
    again, op = _paying(world, book)
    fact = again.send(op)
    must(fact.outcome is Outcome.FAILED, f"a payment with a forgotten instrument is {shown(fact)}")


@check("forget: repeated, and what was never stored", stores)
def forgets_twice(world: World) -> None:
    book = _kept(world, world.setup.good(world.method))
    must(_forget(world, _saved(book)) and _forget(world, _saved(book)), "forgotten again, it is not confirmed")
    never, op = registered(world, world.setup.good(world.method))
    with world.wire.disturbing(0, lost_before):
        never.send(op)
    _forget(world, never.case)
    must(world.setup.stored(never.case) == 0, "what was never stored is stored")


@check("forget: its answers are lost", stores)
def forgetting_is_lost(world: World) -> None:
    book = _kept(world, world.setup.good(world.method))
    sent = world.wire.requests_of(lambda: _forget(world, _saved(book)))
    for name in ("request lost", "500", "429", "401"):
        for position in range(sent):
            book = _kept(world, world.setup.good(world.method))
            world.wire.begin()
            with world.wire.disturbing(position, FAULTS[name]):
                confirmed = _forget(world, _saved(book))
            gone = world.setup.stored(book.case) == 0
            must(gone or not confirmed, f"with {name}, it is said to be forgotten and is not")


def _forget(world: World, case: Case) -> bool:
    connector = world.connector()
    if not isinstance(connector, Forgets):
        raise Broken("the manifest declares stored instruments, and the connector cannot forget them")
    try:
        with connector_runs():
            return connector.forget(case)
    except Exception:
        if not world.wire.disturbed:
            raise
        return False


@check("recurring: the shopper is absent", recurs)
def absent(world: World) -> None:
    stored = world.authorized(saves_as=world.fresh("saved"), recurring="INITIAL")
    stored.ask()
    book, op = _paying(world, stored, recurring="REPEATED")
    fact = book.send(op)
    must(fact.outcome is Outcome.SUCCEEDED, f"a recurring payment is {shown(fact)}")
    world.agree(book)


@check("recurring: authentication required", recurs)
def authentication_required(world: World) -> None:
    stored = _kept(world, world.setup.needs_shopper(world.method))
    book, op = _paying(world, stored, recurring="REPEATED")
    fact = book.send(op)
    told = (fact.outcome, fact.reason)
    must(told == (Outcome.FAILED, "AUTHENTICATION_REQUIRED"), f"what needs the absent shopper is {shown(fact)}")
    world.nothing(book)

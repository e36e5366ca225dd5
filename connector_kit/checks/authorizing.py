"""Authorizations: held, captured at once, refused, in several currencies, said twice, decided later."""

from connector_kit.book import REASONS
from connector_kit.checks import check
from connector_kit.setup_api import Truth
from connector_kit.wire import FAULTS, lost_after
from connector_kit.world import World, must, shown
from tillgate.connectors.v1 import Can, Manifest, Outcome

ASKING = ("request lost", "request not sent", "answer lost", "answer cut off", "answer nonsense", "500", "401", "429")


def holds(manifest: Manifest, can: Can) -> bool:
    return "manual" in can.capture


@check("authorize: held", holds)
def held(world: World) -> None:
    book = world.authorized(capture="manual")
    (op,) = book.case.ops
    fact = book.about(op, book.facts)
    must((fact and fact.reference) or not world.manifest.hosts, "an authorization without the PSP's reference")
    world.agree(book, Truth(authorized=book.case.amount, executed=1))
    again = book.blank()
    again.ask()
    if world.manifest.ask == "ours":
        world.agree(again)


@check("authorize: captured at once", lambda manifest, can: "auto" in can.capture)
def captured_at_once(world: World) -> None:
    book = world.authorized(capture="auto")
    world.agree(book, Truth(authorized=book.case.amount, captured=book.case.amount, executed=1))


@check("authorize: refused", offline=False)
def refused(world: World) -> None:
    book, op = world.started(world.setup.bad(world.method))
    fact = book.send(op)
    must(fact.outcome is Outcome.FAILED, f"what the PSP refused is {shown(fact)}")
    must(fact.reason in REASONS, "a refusal without one of the contract's reason codes")
    world.agree(book, Truth())


@check("authorize: minor units")
def minor_units(world: World) -> None:
    wrong = []
    for currency in world.currencies:
        least, _ = (world.can.amounts or {}).get(currency, (1, 0))
        amount = max(world.setup.amount(world.method), least)
        amount += -amount % 100  # whole in every currency: some PSPs refuse fractions that ISO 4217 has
        truth = world.truth(world.authorized(currency=currency, amount=amount))
        if truth.authorized != amount:
            wrong.append(f"{currency} {amount} became {truth.authorized}")
    must(not wrong, "; ".join(wrong))


@check("authorize: repeated")
def repeated(world: World) -> None:
    book, op = world.started()
    first, second = book.send(op), book.send(op)
    must(second.outcome is first.outcome, f"{shown(first)}, and when repeated {shown(second)}")
    must(second.reference == first.reference, "repeated, it has another reference")
    world.agree(book) if first.outcome is Outcome.SUCCEEDED else world.nothing(book)


@check(
    "authorize: looked up after its key window", lambda manifest, can: manifest.key_window is not None, offline=False
)
def after_its_key_window(world: World) -> None:
    """The core repeats nothing any more; what it asks must not be answered with "certainly not there"."""
    book, op = world.started()
    with world.wire.disturbing(world.requests(World.started) - 1, lost_after):
        book.send(op)
    must(world.truth(book).executed == 1, "the last request of an authorization does not authorize")
    world.after_key_window(book)
    facts = book.ask()
    gone = facts is not None and book.about(op, facts) is None
    must(not gone, "asked after the key window, the connector says that a payment does not exist which does")
    if facts is not None:
        world.agree(book)


@check("authorize: cannot be found yet", lambda manifest, can: manifest.ask == "ours", offline=False)
def cannot_be_found_yet(world: World) -> None:
    book, op = world.started()
    last = world.requests(World.started) - 1
    world.setup.lags(on=True)
    try:
        with world.wire.disturbing(last, lost_after):
            book.send(op)
        facts = book.ask()
        gone = facts is not None and book.about(op, facts) is None
        must(not gone, "while the PSP's search lags, the connector says that a payment does not exist which does")
    finally:
        world.setup.lags(on=False)
    book.ask()
    world.agree(book)


@check("authorize: decided later", offline=False)
def decided_later(world: World) -> None:
    book, op = world.started(world.setup.undecided(world.method))
    fact = book.send(op)
    if fact.outcome is Outcome.ACTION and fact.action:
        fact = book.proceed(world.setup.choose(fact.action, "approve"))
    must(fact.outcome is Outcome.PENDING, f"what the PSP has not decided is {shown(fact)}")
    world.nothing(book)
    world.setup.decide(book.case)
    book.ask()
    must(book.outcome(op) is Outcome.SUCCEEDED, f"decided meanwhile, and asked it is {book.outcome(op)}")
    world.agree(book)


@check("authorize: the PSP cannot be asked", offline=False)
def cannot_be_asked(world: World) -> None:
    """None, and never an empty list, which would end a payment that may exist."""
    book, op = world.started()
    book.send(op)
    for name in ASKING:
        for position in range(world.wire.requests_of(book.blank().ask)):
            blank = book.blank()
            with world.wire.disturbing(position, FAULTS[name]):
                facts = blank.ask()
            gone = facts is not None and blank.about(op, facts) is None
            must(not gone, f"asked ({name}), the connector says that a payment does not exist which does")

"""The shopper's part: redirects, returns that prove nothing, a second redirect."""

from connector_kit.book import REASONS, Book
from connector_kit.checks import check
from connector_kit.setup_api import Choice
from connector_kit.wire import FAULTS
from connector_kit.world import NotDeclared, World, must, shown
from tillgate.connectors.v1 import Action, Can, Fact, Manifest, Op, Outcome, Sent

LIES = {
    "status": "succeeded",
    "result": "approved",
    "redirect_status": "succeeded",
    "resultCode": "Authorised",
    "payment_id": "1",
    "token": "1",
}


def redirects(manifest: Manifest, can: Can) -> bool:
    return can.redirect != "none"


def asked(world: World, times: int = 1) -> tuple[Book, Op, Action]:
    """A payment that awaits the shopper."""
    book, op = world.started(world.setup.asks(world.method, times))
    return book, op, action_of(book.send(op))


def action_of(fact: Fact) -> Action:
    must(fact.outcome is Outcome.ACTION, f"what needs the shopper is {shown(fact)}")
    if fact.action is None:
        raise AssertionError("ACTION without an action")
    must(fact.action.kind != "redirect" or "://" in fact.action.url, "a redirect without an absolute URL")
    return fact.action


def chosen(world: World, choice: Choice) -> tuple[Book, Op, Fact]:
    book, op, action = asked(world)
    return book, op, book.proceed(world.setup.choose(action, choice))


@check("shopper: awaited", redirects)
def awaited(world: World) -> None:
    book, op, _ = asked(world)
    world.nothing(book)
    book.ask()
    must(book.outcome(op) in (Outcome.ACTION, Outcome.PENDING), f"not chosen yet, and asked it is {book.outcome(op)}")


@check("shopper: approves", redirects)
def approves(world: World) -> None:
    book, _, fact = chosen(world, "approve")
    must(fact.outcome is Outcome.SUCCEEDED, f"approved, it is {shown(fact)}")
    world.agree(book)


@check("shopper: declines", redirects)
def declines(world: World) -> None:
    book, _, fact = chosen(world, "decline")
    must(fact.outcome is Outcome.FAILED and fact.reason in REASONS, f"declined, it is {shown(fact)}")
    world.agree(book)


@check("shopper: cancels", redirects)
def cancels(world: World) -> None:
    book, op, fact = chosen(world, "cancel")
    world.nothing(book)
    must(fact.outcome is not Outcome.SUCCEEDED, "cancelled by the shopper, it has SUCCEEDED")
    close = book.requested(op.kind.CLOSE, 0)
    if fact.outcome is not Outcome.FAILED:
        must(book.send(close).outcome is Outcome.SUCCEEDED, "cancelled by the shopper, it cannot be closed")


@check("shopper: does not come back", redirects)
def does_not_come_back(world: World) -> None:
    """Approved, and the browser is gone: found by asking."""
    book, op, action = asked(world)
    back = world.setup.choose(action, "approve")
    book.ask()
    if book.outcome(op) in (Outcome.ACTION, Outcome.PENDING):
        book.proceed(back)  # a PSP that waits for us to continue has taken nothing yet
    world.agree(book)


@check("shopper: forges the return", redirects)
def forges_the_return(world: World) -> None:
    book, op, _ = asked(world)
    for back in (Sent(query=LIES), Sent(query={**LIES, "reference": book.case.id}, body=b"status=succeeded"), Sent()):
        book.proceed(back)
        must(book.outcome(op) is not Outcome.SUCCEEDED, "the shopper's browser said so, and it has SUCCEEDED")
    world.nothing(book)


@check("shopper: returns twice", redirects)
def returns_twice(world: World) -> None:
    book, _, action = asked(world)
    back = world.setup.choose(action, "approve")
    book.proceed(back)
    book.proceed(back)
    world.agree(book)


@check("shopper: the return's answers are lost", redirects)
def answers_lost_on_return(world: World) -> None:
    for name in ("request lost", "answer lost", "answer cut off", "502 though executed", "500", "429"):
        for position in range(_requests_of_return(world)):
            book, _, action = asked(world)
            back = world.setup.choose(action, "approve")
            with world.wire.disturbing(position, FAULTS[name]):
                fact = book.proceed(back)
            must(fact.outcome is not Outcome.FAILED, f"with {name} on the return, an approved payment has FAILED")
            book.proceed(back)
            world.agree(book)


def _requests_of_return(world: World) -> int:
    book, _, action = asked(world)
    back = world.setup.choose(action, "approve")
    return world.wire.requests_of(lambda: book.proceed(back))


@check("shopper: is asked a second time", redirects)
def second_action(world: World) -> None:
    book, _, action = asked(world, 2)
    fact = book.proceed(world.setup.choose(action, "approve"))
    again = action_of(fact)
    world.nothing(book)
    must(again != action, "the second action is the first one")
    book.proceed(world.setup.choose(again, "approve"))
    world.agree(book)


@check("shopper: is told what to do", lambda manifest, can: can.inputs == {"none"})
def instructed(world: World) -> None:
    book, op = world.started()
    fact = book.send(op)
    if fact.outcome is Outcome.SUCCEEDED:
        raise NotDeclared
    action = action_of(fact)
    must(action.kind == "instructions" and action.data.get("reference"), "instructions without a reference to give")

"""Closes: after a close that SUCCEEDED nothing can be authorized any more, whatever is still under way."""

import threading

from connector_kit.book import Book
from connector_kit.checks import check
from connector_kit.checks.shopper import asked, redirects
from connector_kit.setup_api import CannotShow
from connector_kit.wire import FAULTS, Answer, Forward, Wire, arrives_late, lost_before
from connector_kit.world import World, must, shown
from tillgate.connectors.v1 import Fact, Kind, Op, Outcome


def _closed(book: Book) -> Fact:
    return book.send(book.case.op(Kind.CLOSE) or book.requested(Kind.CLOSE, 0))


def _holds(world: World, book: Book, op: Op, close: Fact, where: str) -> None:
    """What the close said is so, and stays so; and by asking and closing again, everything is decided at last."""
    if close.outcome is Outcome.SUCCEEDED:
        must(world.truth(book).authorized == 0, f"{where}: the close SUCCEEDED, and then the PSP authorized it")
        must(book.outcome(op) is not Outcome.SUCCEEDED, f"{where}: authorized after a close that SUCCEEDED")
        return None
    again = _closed(book)
    if again.outcome is Outcome.SUCCEEDED:
        return world.nothing(book)
    must(again.outcome is Outcome.FAILED, f"{where}: closed again, it is {shown(again)}")
    must(book.outcome(op) is not Outcome.UNKNOWN, f"{where}: the close FAILED, and does not say what was authorized")
    return world.agree(book)


@check("close: awaits the shopper", redirects)
def awaits_the_shopper(world: World) -> None:
    book, op, action = asked(world)
    close = _closed(book)
    must(close.outcome is Outcome.SUCCEEDED, f"the close of what awaits the shopper is {shown(close)}")
    try:
        back = world.setup.choose(action, "approve")
    except CannotShow:
        back = None
    world.nothing(book)
    book.proceed(back)
    _holds(world, book, op, close, "approved after the close")


@check("close: authorized already", offline=False)
def authorized_already(world: World) -> None:
    book, op = world.started()
    if book.send(op).outcome is not Outcome.SUCCEEDED:
        raise CannotShow("nothing is authorized at once")
    blank = book.blank()
    close = _closed(blank)
    must(close.outcome is Outcome.FAILED, f"the close of what is authorized is {shown(close)}")
    must(blank.outcome(op) is Outcome.SUCCEEDED, "the close does not say that it was authorized")
    world.agree(blank)


@check("close: refused already", offline=False)
def refused_already(world: World) -> None:
    book, op = world.started(world.setup.bad(world.method))
    book.send(op)
    close = _closed(book)
    must(close.outcome in (Outcome.SUCCEEDED, Outcome.FAILED), f"the close of what was refused is {shown(close)}")
    must(book.outcome(op) is Outcome.FAILED, f"refused, and after its close {book.outcome(op)}")


@check("close: request never arrives", offline=False)
def never_arrives(world: World) -> None:
    """At the latest when the key window is over, nothing is left that could still authorize."""
    if not world.requests(World.started):
        raise CannotShow("the connector sends no requests")
    book, _ = world.started()
    with world.wire.disturbing(0, lost_before):
        book.send(book.case.ops[0])
    close = _closed(book)
    must(close.outcome is not Outcome.FAILED, "the close of what does not exist FAILED")
    if close.outcome is not Outcome.SUCCEEDED and world.manifest.key_window is not None:
        world.after_key_window(book)
        close = _closed(book)
    must(close.outcome is Outcome.SUCCEEDED, f"the close of what never arrives stays {shown(close)}")


@check("close: request arrives later", offline=False)
def arrives_later(world: World) -> None:
    sent = world.requests(World.started)
    if not sent:
        raise CannotShow("the connector sends no requests")
    for position in range(sent):
        book, op = world.started()
        with world.wire.disturbing(position, arrives_late):
            book.send(op)
        close = _closed(book)
        world.wire.deliver_late()
        _holds(world, book, op, close, f"request {position + 1} of {sent} arrives after the close")


@check("close: request runs beside it", offline=False)
def runs_beside_it(world: World) -> None:
    """Real threads: the request waits on its way until the close has its answer, then goes on and is answered."""
    sent = world.requests(World.started)
    if not sent:
        raise CannotShow("the connector sends no requests")
    for position in range(sent):
        book, op = world.started()
        close, fact = _beside(world, book, op, position)
        book.learn([fact])
        _holds(world, book, op, close, f"request {position + 1} of {sent} waits for the close")


def _beside(world: World, book: Book, op: Op, position: int) -> tuple[Fact, Fact]:
    """The close's fact and the start's."""
    under_way, go_on = threading.Event(), threading.Event()

    def waits(wire: Wire, forward: Forward) -> Answer:
        under_way.set()
        go_on.wait(timeout=30)
        return forward()

    starter = world.book(book.case)
    starter.wire = Wire(world.setup.http, world.manifest.hosts)
    starter.new = lambda: world.connector(wire=starter.wire)
    facts: list[Fact] = []
    with starter.wire.disturbing(position, waits):
        thread = threading.Thread(target=lambda: facts.append(starter.send(op)), daemon=True)
        thread.start()
        must(under_way.wait(timeout=30), "the request is not sent")
        close = _closed(book)
        go_on.set()
        thread.join(timeout=30)
    must(facts, "the start did not end")
    return close, facts[0]


@check("close: repeated", offline=False)
def repeated(world: World) -> None:
    book, op = world.started()
    if not world.requests(World.started):
        raise CannotShow("the connector sends no requests")
    with world.wire.disturbing(0, lost_before):
        book.send(op)
    first, second = _closed(book), _closed(book)
    must(second.outcome is first.outcome, f"{shown(first)}, and when repeated {shown(second)}")


@check("close: its answers are lost", offline=False)
def answers_are_lost(world: World) -> None:
    for name in ("request lost", "request not sent", "answer lost", "answer cut off", "500", "401", "429"):
        for position in range(_requests_of_close(world)):
            book, op = world.started()
            book.send(op)
            blank = book.blank()
            with world.wire.disturbing(position, FAULTS[name]):
                told = _closed(blank).outcome
            must(told is not Outcome.SUCCEEDED, f"with {name}, the close SUCCEEDED of what is authorized")
            known = blank.outcome(op) is Outcome.SUCCEEDED
            must(known or told is not Outcome.FAILED, f"with {name}, the close FAILED and does not say why")


def _requests_of_close(world: World) -> int:
    book, op = world.started()
    book.send(op)
    blank = book.blank()
    return world.wire.requests_of(lambda: _closed(blank))

"""Disputes: told by notification and by asking, as the same one, and answered once."""

from connector_kit.book import Book
from connector_kit.checks import check
from connector_kit.setup_api import CannotShow
from connector_kit.wire import FAULTS, connector_runs
from connector_kit.world import World, must
from tillgate.connectors.v1 import AnswersDisputes, Can, DisputeNotice, Evidence, Fact, Manifest, NotAccepted

EVIDENCE = Evidence("It was delivered.")


def answers(manifest: Manifest, can: Can) -> bool:
    return manifest.disputes


def disputed(world: World) -> tuple[Book, DisputeNotice]:
    book = world.captured()
    world.setup.unasked(book.case, "dispute", book.case.amount)
    facts = book.ask()
    if facts is None:
        book.hear(world.setup.heard(book.case))
    return book, notice(book.facts)


def notice(facts: list[Fact]) -> DisputeNotice:
    told = [each.dispute for each in facts if each.dispute]
    must(told, "a dispute is not told")
    return told[-1]


@check("dispute: opened", offline=False)
def opened(world: World) -> None:
    book, told = disputed(world)
    must((told.status, told.amount) == ("NEEDS_RESPONSE", book.case.amount), f"a dispute of all is told as {told}")
    must(told.reference and told.opened_at.tzinfo, "a dispute without reference or instant")


@check("dispute: notified", offline=False)
def notified(world: World) -> None:
    book, told = disputed(world)
    listener = book.blank()
    listener.case = book.case
    listener.hear(world.setup.heard(book.case))
    heard = notice(listener.facts)
    must((heard.reference, heard.amount) == (told.reference, told.amount), "notified, it is another dispute")


@check("dispute: evidence sent, once under its key", answers, offline=False)
def evidence(world: World) -> None:
    book, told = disputed(world)
    connector = _answering(world)
    for _ in range(2):
        facts = connector.send_evidence(book.case, told.reference, f"{book.case.id}_evidence", EVIDENCE)
        must(facts is not None, "the PSP answered, and the connector does not know its answer")
        after = notice(facts or [])
        must(after.status == "UNDER_REVIEW", f"with evidence sent, the dispute is {after.status}")
        must(after.revision > told.revision, "the dispute has changed, and its revision has not")


@check("dispute: accepted", answers, offline=False)
def accepted(world: World) -> None:
    book, told = disputed(world)
    after = notice(_answering(world).accept_dispute(book.case, told.reference, f"{book.case.id}_accept") or [])
    must(after.status in ("ACCEPTED", "LOST"), f"accepted, the dispute is {after.status}")
    with connector_runs():
        try:
            _answering(world).send_evidence(book.case, told.reference, f"{book.case.id}_later", EVIDENCE)
        except NotAccepted:
            return
    must(False, "evidence for a closed dispute is not refused with NotAccepted")


@check("dispute: its answers are lost", answers, offline=False)
def answers_are_lost(world: World) -> None:
    book, told = disputed(world)
    for name in ("request lost", "answer lost", "answer cut off", "500", "429"):
        world.wire.begin()
        with world.wire.disturbing(0, FAULTS[name]):
            try:
                facts = _answering(world).send_evidence(book.case, told.reference, f"{book.case.id}_{name}", EVIDENCE)
            except NotAccepted as error:
                raise AssertionError(f"with {name}, the dispute takes no more answers") from error
        must(facts is None, f"with {name}, the connector says what became of the answer")


def _answering(world: World) -> AnswersDisputes:
    connector = world.connector()
    if not isinstance(connector, AnswersDisputes):
        raise CannotShow("the connector does not implement AnswersDisputes")
    return connector

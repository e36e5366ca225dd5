"""Settlement: what the PSP's report, or its answer, says is what it has settled."""

from collections.abc import Iterable
from datetime import timedelta

from connector_kit.book import Book
from connector_kit.checks import check_whole
from connector_kit.setup_api import CannotShow
from connector_kit.wire import FAULTS, connector_runs
from connector_kit.world import Broken, World, must
from tillgate.connectors.v1 import BankCredit, Kind, Malformed, Manifest, ReadsReports, Settlement, TellsSettlements


def settles(manifest: Manifest) -> bool:
    return manifest.settles != "none"


def reports(manifest: Manifest) -> bool:
    return manifest.settles == "report"


def asked(manifest: Manifest) -> bool:
    return manifest.settles == "asked"


def _paid(world: World) -> Book:
    """Captured and refunded in part, with the first method that can."""
    for method, can in world.manifest.methods.items():
        if can.refunds == "many" and ("auto" in can.capture or can.captures != "none"):
            world.method = method
            book = world.captured()
            world.done(book, Kind.REFUND, book.case.amount // 4)
            return book
    raise CannotShow("no method captures and refunds")


def _lines(world: World) -> list[Settlement]:
    return [each for each in _told(world) if isinstance(each, Settlement)]


def _told(world: World) -> Iterable[Settlement | BankCredit]:
    report = world.setup.settle()
    connector = world.connector()
    with connector_runs():
        if world.manifest.settles == "report":
            if not isinstance(connector, ReadsReports):
                raise Broken("the manifest declares reports, and the connector reads none")
            return list(connector.read_report(report))
        if not isinstance(connector, TellsSettlements):
            raise Broken("the manifest declares that it tells settlements, and the connector does not")
        return list(connector.settled(world.setup.now() - timedelta(days=1)))


@check_whole("settlement: equal to the truth", settles)
def equal_to_the_truth(world: World) -> None:
    books = [_paid(world) for _ in range(2)]
    lines = list(_lines(world))
    for book in books:
        mine = [each for each in lines if _names(each, book)]
        truth = world.truth(book)
        told = (_total(mine, Kind.CAPTURE), _total(mine, Kind.REFUND))
        must(
            told == (truth.captured, truth.refunded), f"captured, refunded are {told} by the report, {truth} by the PSP"
        )
        must({each.currency for each in mine} == {book.case.currency}, "in another currency")
        must(all(each.as_of.tzinfo for each in mine), "an instant without a time zone")
        unnamed = [each for each in mine if each.kind and not each.reference]
        must(not unnamed, "a line of a capture or refund without its reference")


@check_whole("settlement: a credit is explained", asked)
def a_credit_is_explained(world: World) -> None:
    """Where payouts to the bank are told, their lines and what the PSP names besides add up to each."""
    _paid(world)
    told = list(_told(world))
    lines = [each for each in told if isinstance(each, Settlement) and each.payout]
    payouts = {each.payout: each for each in told if isinstance(each, BankCredit)}
    for payout, credit in payouts.items():
        mine = [each for each in lines if each.payout == payout]
        total = sum(map(_added, mine)) + sum(credit.others.values())
        must(total == credit.amount, f"the lines of {payout} add up to {total}, and the bank gets {credit.amount}")
        must(credit.arrives_at.tzinfo is not None, "an instant without a time zone")
        must(all(told.index(each) < told.index(credit) for each in mine), f"{payout} is told before its lines")
    unpaid = {each.payout for each in lines} - payouts.keys()
    must(not unpaid, f"lines name payouts that are not told: {sorted(map(str, unpaid))}")


def _added(line: Settlement) -> int:
    signed = -line.amount if line.kind is Kind.REFUND else line.amount
    return signed - line.fee if line.net is None else line.net


def _names(line: Settlement, book: Book) -> bool:
    return line.case == book.case.id


def _total(lines: list[Settlement], kind: Kind) -> int:
    """Lines by operation, or the sums of the case in its latest line."""
    single = sum(abs(each.amount) for each in lines if each.kind is kind)
    sums = [each for each in lines if each.kind is None]
    return single + (0 if not sums else sums[-1].amount if kind is Kind.CAPTURE else sums[-1].refunded)


@check_whole("settlement: nonsense", reports)
def nonsense(world: World) -> None:
    connector = world.connector()
    if not isinstance(connector, ReadsReports):
        raise Broken("the manifest declares reports, and the connector reads none")
    _paid(world)
    report = world.setup.settle()
    for body in (b"\xff\xfe\x00", b"nonsense\nnonsense", b"{}", report[: len(report) - 7]):
        try:
            with connector_runs():
                list(connector.read_report(body))
        except Malformed:
            continue
        raise Broken(f"a report that is nonsense is read: {body[:30]!r}")


@check_whole("settlement: no answer", asked)
def no_answer(world: World) -> None:
    """What cannot be read raises; an empty list would say that nothing was settled."""
    _paid(world)
    for name in ("request lost", "500", "answer cut off", "401"):
        told = _told_with(world, name)
        must(told is None, f"with {name}, the connector says that {told} lines are settled")


def _told_with(world: World, fault: str) -> int | None:
    """How many lines; None if it raises."""
    world.wire.begin()
    with world.wire.disturbing(0, FAULTS[fault]):
        try:
            return len(list(_told(world)))
        except Broken:
            raise
        except Exception:
            return None

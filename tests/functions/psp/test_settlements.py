"""What PSPs settle with each account: every line kept once, and each credit at the bank explained (GO-4, IS-10)."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from tests.functions.acme import ACME, CREDENTIALS, LIVE, put, with_acme
from tests.functions.scripted_psp import ScriptedPsp
from tests.functions.world import NOON, ORDER_KEY, PAYMENT_ID, World, invoke
from tests.handlers import handler_module
from tillgate.connectors.v1 import BankCredit, Kind, NoAnswer, NotSent, Settlement
from tillgate.domain.psp.accounts import PspAccount
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.aws import client
from tillgate.store.psp.settlements import Progress, SettledLine
from tillgate.use_cases.psp import reconcile_accounts
from tillgate.use_cases.psp.reconcile import FIRST_TIME, LOOK_BACK, NotReconciled, OutOfTime, reconcile_asked

ASKED = replace(ACME, settles="asked")
OURS = PspAccount("acme")
SHOPS = PspAccount("acme", "mer_1", Mode.LIVE)
TRIAL = PspAccount("acme", "mer_1", Mode.TEST)
PASSED = timedelta(days=1)
HOURLY = {"detail-type": "Scheduled Event"}
Told = Settlement | BankCredit


@dataclass
class SettlingPsp(ScriptedPsp):
    """`tells`: lines and payouts, or what is raised in their place."""

    tells: list[Told | Exception] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)

    def settled(self, since: datetime) -> Iterator[Told]:
        self.asked.append(since)
        for each in self.tells:
            if isinstance(each, Exception):
                raise each
            yield each


@pytest.fixture
def acme(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """`mer_1` takes cards through its own account, live, and has a test account too."""
    with_acme(world, monkeypatch)
    monkeypatch.setattr(world.system, "manifests", lambda: [ASKED])
    for name in ("acme", "acme live", "acme test"):
        world.system.connectors[name] = SettlingPsp(name="acme", manifest=ASKED)
    world.has_merchant(methods={"card": "acme"})
    put(world, {"mode": "test", "credentials": CREDENTIALS})
    put(world, {"mode": "live", "credentials": LIVE})
    return world


def psp(world: World, of: PspAccount = SHOPS) -> SettlingPsp:
    found: SettlingPsp = world.system.connectors[f"acme {of.mode}" if of.mode else "acme"]
    return found


def tells(world: World, *told: Told | Exception, of: PspAccount = SHOPS) -> None:
    psp(world, of).tells = list(told)


def line(kind: str = "CAPTURE", reference: str = "ch_1", amount: int = 4999, fee: int = 0, **more: Any) -> Settlement:
    given: dict[str, Any] = {"case": PAYMENT_ID, "state": "SETTLED", "currency": "EUR", "as_of": NOON, "payout": "po_1"}
    return Settlement(kind=Kind[kind], reference=reference, amount=amount, fee=fee, **given | more)


def credit(amount: int, payout: str = "po_1", at: datetime = NOON, **others: int) -> BankCredit:
    return BankCredit(payout=payout, currency="EUR", amount=amount, arrives_at=at, others=others)


def asked(world: World, account: PspAccount = SHOPS, since: Progress | None = None) -> Counter[str]:
    return reconcile_asked(world.system, account, since or Progress())


def captured(world: World, *amounts: int) -> None:
    world.paid()
    for amount in amounts:
        world.call("capture_payment", {"amount": amount, "final": False})
    world.call("capture_payment", {})


def explained(world: World, **fields: Any) -> Any:
    event = {"action": "explain_credit", "connector": "acme", "merchant_id": "mer_1"} | fields
    answer = invoke("admin", {name: value for name, value in event.items() if value is not None})
    return answer["items"] if "items" in answer else answer["error"]


# ---- lines


def test_each_capture_settles_with_its_fee_and_the_payout_it_came_in(acme: World) -> None:
    captured(acme, 3000)
    lines = [line(amount=3000, fee=75), line(reference="ch_2", amount=1999, fee=50)]
    tells(acme, lines[0])
    assert asked(acme) == {"incomplete": 1}
    assert acme.order().payments[0].status == "CAPTURED"
    tells(acme, *lines, credit(4874))
    for outcome in ("new", "known"):
        assert asked(acme) == {outcome: 1}
    assert acme.order().payments[0].status == "SETTLED"
    kept = acme.system.settlements.of_payout(SHOPS, "po_1")
    assert sum(each.added for each in kept) == 4874, "what the bank has booked"


@pytest.mark.parametrize(
    ("account", "outcome"),
    [
        (SHOPS, "new"),
        (TRIAL, "not ours"),
        (OURS, "not ours"),
        (PspAccount("acme", "mer_2", Mode.LIVE), "not ours"),
    ],
    ids=["begun with", "its test account", "the deployment's", "another merchant's"],
)
def test_an_account_settles_only_what_was_begun_with_it(acme: World, account: PspAccount, outcome: str) -> None:
    captured(acme)
    tells(acme, line(), credit(4999), of=account)
    assert asked(acme, account) == {outcome: 1}
    assert (acme.order().payments[0].status == "SETTLED") is (outcome == "new")


@pytest.mark.parametrize(("account", "rings"), [(TRIAL, False), (SHOPS, True)])
def test_test_money_that_is_not_ours_rings_no_alarm(
    acme: World, account: PspAccount, rings: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Several systems may share one test account; live money that nobody knows of is a fault."""
    tells(acme, line(case="pay_00000000000000000000000009_1"), of=account)
    asked(acme, account)
    assert ('"SettlementDifference":[1.0]' in capsys.readouterr().out) is rings


def test_a_line_that_is_told_twice_or_late_is_kept_once(acme: World) -> None:
    captured(acme)
    before = len(acme.everything())
    tells(acme, line(fee=75), line(fee=75), line(fee=0, payout=None, as_of=NOON - PASSED), credit(4924))
    asked(acme)
    (kept,) = acme.system.settlements.of_payment(PAYMENT_ID)
    assert (kept.fee, kept.payout) == (75, "po_1"), "an older line takes nothing back"
    after = len(acme.everything())
    tells(acme, line(fee=75), credit(4924))
    asked(acme)
    assert len(acme.everything()) == after > before


def test_a_line_that_comes_in_another_payout_leaves_the_first(acme: World) -> None:
    """A payout that failed at the bank: its lines come in a later one."""
    captured(acme)
    tells(acme, line(), credit(4999))
    asked(acme)
    tells(acme, line(payout="po_2", as_of=NOON + PASSED), credit(4999, "po_2"))
    asked(acme)
    of = acme.system.settlements.of_payout
    assert [len(of(SHOPS, each)) for each in ("po_1", "po_2")] == [0, 1]


def test_captures_without_references_would_overwrite_one_another_and_are_not_kept(acme: World) -> None:
    captured(acme, 3000)
    tells(acme, line(reference="", amount=3000), line(reference="ch_2", amount=1999))
    with pytest.raises(NotReconciled):
        asked(acme)
    assert [each.reference for each in acme.system.settlements.of_payment(PAYMENT_ID)] == ["ch_2"]


class Killed(BaseException):
    """The process ends, whatever it was doing."""


@pytest.mark.parametrize("at", range(1, 24))
def test_a_run_that_ends_halfway_is_made_up_for_by_the_next(
    acme: World, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Before or after each call of the database; the books have each fee once."""
    captured(acme, 3000)
    tells(acme, line(amount=3000, fee=75), line(reference="ch_2", amount=1999, fee=50), credit(4874))
    dynamodb, calls = client("dynamodb"), count(1)
    real = dynamodb._make_api_call

    def dies(*given: Any) -> Any:
        number = next(calls)
        if number == at and at % 2:
            raise Killed
        answer = real(*given)
        if number == at:
            raise Killed
        return answer

    with monkeypatch.context() as patched, suppress(Killed):
        patched.setattr(dynamodb, "_make_api_call", dies)
        asked(acme)
    asked(acme)
    assert acme.order().payments[0].status == "SETTLED"
    (found,) = explained(acme, payout="po_1")
    assert (found["count"], found["unexplained"]) == (2, 0)
    movements = [each for each, _ in acme.system.books.movements("mer_1", NOON - PASSED, NOON + PASSED)]
    assert sorted(each.fee for each in movements if each.type == "settlement") == [50, 75]


def test_one_payment_that_cannot_be_recorded_holds_up_no_other(acme: World) -> None:
    captured(acme)
    tells(acme, line(case="nonsense"), line(reference=""), line(), credit(4999))
    with pytest.raises(NotReconciled):
        asked(acme)
    assert acme.order().payments[0].status == "SETTLED"
    assert known(acme) is None, "the next run is told it again"


def known(world: World, account: PspAccount = SHOPS) -> datetime | None:
    return world.system.settlements.progress("acme").get(account.name, Progress()).known_until


# ---- a bank credit


def test_a_credit_is_explained_by_its_lines_and_what_else_the_psp_names(acme: World) -> None:
    captured(acme)
    acme.call("refund_payment", {"amount": 999})
    lines = [line(fee=94), line("REFUND", "re_1", 999)]
    tells(acme, *lines, credit(4999 - 94 - 999 - 200, stripe_fee=-200))
    asked(acme)
    for how in ({"payout": "po_1"}, {"amount": 3706}):
        (found,) = explained(acme, **how)
        assert {name: found[name] for name in ("amount", "captures", "refunds", "others", "unexplained")} == {
            "amount": 3706,
            "captures": 4905,
            "refunds": -999,
            "others": {"stripe_fee": -200},
            "unexplained": 0,
        }
        assert [(each["kind"], each["reference"], each["fee"], each["net"]) for each in found["lines"]] == [
            ("capture", "ch_1", 94, 4905),
            ("refund", "re_1", 0, -999),
        ]
        assert {each["order_key"] for each in found["lines"]} == {ORDER_KEY}


def test_a_payout_in_another_currency_is_explained_in_its_own(acme: World) -> None:
    captured(acme)
    tells(acme, line(net=52_000), replace(credit(52_000), currency="SEK"))
    asked(acme)
    (found,) = explained(acme, amount=52_000)
    assert (found["currency"], found["unexplained"]) == ("SEK", 0)
    assert (found["lines"][0]["amount"], found["lines"][0]["currency"]) == (4999, "EUR")


def test_what_is_missing_is_said(acme: World) -> None:
    captured(acme)
    tells(acme, line(), line(case="pay_00000000000000000000000009_1", amount=100), credit(5099))
    asked(acme)
    (found,) = explained(acme, amount=5099)
    assert found["unexplained"] == 100


def test_a_payout_of_thousands_of_lines_is_explained_whole(acme: World) -> None:
    save = acme.system.settlements.save
    for number in range(120):  # more than one page of a query: 1 MB
        each = SettledLine(
            payment_id=f"pay_{number:026}_1",
            connector="acme",
            kind="CAPTURE",
            reference=f"ch_{number}",
            currency="E" * 10_000,
            amount=100,
            state="SETTLED",
            as_of=NOON,
            payout="po_1",
            account=SHOPS.name,
        )
        save(each, lambda _: [])
    tells(acme, credit(12_000))
    asked(acme)
    (found,) = explained(acme, payout="po_1", limit=10)
    assert (found["count"], len(found["lines"]), found["unexplained"]) == (120, 10, 0)


def test_each_accounts_payouts_are_its_own(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    captured(acme)
    tells(acme, line(), credit(4999))
    asked(acme)
    for whose in ({"mode": "test"}, {"merchant_id": "mer_2"}, {"merchant_id": None}):
        assert "no such payout" in explained(acme, payout="po_1", **whose)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"payout": "po_1", "amount": 1},
        {"amount": 1, "mode": "both"},
        {"amount": 1, "connector": "nobody"},
        {"amount": 1, "limit": 0},
        {"amount": 1, "merchant_id": None, "mode": "live"},
    ],
)
def test_a_question_that_names_too_little_or_nonsense_is_refused(acme: World, fields: dict[str, Any]) -> None:
    assert isinstance(explained(acme, **fields), str)


# ---- which accounts are asked, and when


def run(world: World, event: dict[str, Any] | None = None, context: object = None) -> Any:
    return handler_module("reconcile").handler(event or {}, context)


def has_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSP_SECRETS", "sandbox=SandboxPspSecret,acme=SandboxPspSecret")


def test_every_account_is_asked_test_and_live_and_the_deployments(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each settles its own payments: a merchant's money is reconciled as the deployment's is."""
    has_own_account(monkeypatch)
    captured(acme)
    tells(acme, line(), credit(4999))
    assert run(acme)["lines"] == {"new": 1}
    assert [len(psp(acme, each).asked) for each in (OURS, SHOPS, TRIAL)] == [1, 1, 1]
    assert acme.order().payments[0].status == "SETTLED"


def test_accounts_are_listed_while_they_have_credentials(acme: World) -> None:
    of = acme.system.connections.of_connector
    assert sorted(of("acme")) == [("mer_1", Mode.LIVE), ("mer_1", Mode.TEST)]
    acme.has_merchant("mer_2")
    put(acme, {"mode": "test", "credentials": CREDENTIALS}, token=acme.token("mer_2"))
    put(acme, {"mode": "live", "credentials": None})
    assert sorted(of("acme")) == [("mer_1", Mode.TEST), ("mer_2", Mode.TEST)]
    assert of("plain") == []


def test_an_account_is_asked_once_a_day_from_where_it_is_known_on(acme: World) -> None:
    run(acme)
    run(acme, HOURLY)
    acme.passes(timedelta(days=1))
    run(acme, HOURLY)
    assert psp(acme).asked == [NOON - FIRST_TIME - LOOK_BACK, NOON - LOOK_BACK]


def test_what_an_account_misses_for_weeks_is_told_later(acme: World) -> None:
    """Credentials that are no good for three weeks: no settlement is lost."""
    run(acme)
    tells(acme, NotSent("401"))
    for _ in range(21):
        acme.passes(PASSED)
        run(acme)
    tells(acme)
    acme.passes(PASSED)
    run(acme)
    assert psp(acme).asked[-1] == NOON - LOOK_BACK


def test_what_was_told_before_it_failed_stays_and_is_known(acme: World) -> None:
    captured(acme)
    tells(acme, line(), credit(4999), NoAnswer("too late"))
    run(acme)
    assert acme.order().payments[0].status == "SETTLED"
    assert known(acme) == NOON


def test_one_merchants_bad_credentials_are_a_line_in_the_log_and_no_alarm(
    acme: World, capsys: pytest.CaptureFixture[str]
) -> None:
    acme.has_merchant("mer_2")
    tells(acme, NotSent("401"))
    run(acme)
    logged = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    (told,) = [each for each in logged if each["message"] == "a PSP did not tell what it has settled"]
    assert (told["level"], told["merchant_id"], told["why"]) == ("WARNING", "mer_1", "NotSent: 401")


@pytest.mark.parametrize("failing", [[OURS], [OURS, SHOPS, TRIAL]])
def test_it_rings_if_the_deployments_own_account_fails(
    acme: World, monkeypatch: pytest.MonkeyPatch, failing: list[PspAccount]
) -> None:
    has_own_account(monkeypatch)
    for each in failing:
        tells(acme, NoAnswer("down"), of=each)
    with pytest.raises(RuntimeError, match="the deployment's own account"):
        run(acme)


def test_it_rings_if_all_accounts_of_a_psp_fail(acme: World) -> None:
    for each in (SHOPS, TRIAL):
        tells(acme, NoAnswer("down"), of=each)
    with pytest.raises(RuntimeError, match="none of its accounts"):
        run(acme)


def test_it_rings_if_something_cannot_be_recorded(acme: World) -> None:
    tells(acme, line(reference=""))
    captured(acme)
    with pytest.raises(RuntimeError, match="what was told of mer_1#live"):
        run(acme)


def test_who_fails_is_tried_every_hour_for_a_day_and_then_daily(acme: World) -> None:
    tells(acme, NotSent("401"))
    for _ in range(24):
        run(acme, HOURLY)
        acme.passes(timedelta(hours=1))
    assert len(psp(acme).asked) == 24
    for _ in range(48):
        acme.passes(timedelta(hours=1))
        run(acme, HOURLY)
    assert 2 <= len(psp(acme).asked) - 24 <= 4


def test_reports_are_read_once_a_day_or_when_somebody_asks(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETTLEMENTS_BUCKET", "reports-of-tests")
    looked: list[str] = []

    def latest(bucket: str) -> list[str]:
        looked.append(bucket)
        return []

    monkeypatch.setattr(handler_module("reconcile"), "_latest", latest)
    for _ in range(24):
        run(acme, HOURLY)
        acme.passes(timedelta(hours=1))
    assert len(looked) == 1
    run(acme)
    assert len(looked) == 2


class Ending:
    """A function with time for so many lines."""

    def __init__(self, lines: int) -> None:
        self.left = lines

    def get_remaining_time_in_millis(self) -> int:
        self.left -= 1
        return 600_000 if self.left >= 0 else 0


def test_a_run_without_time_goes_on_in_the_next_hour(acme: World) -> None:
    captured(acme, 3000)
    tells(acme, line(amount=3000), line(reference="ch_2", amount=1999), credit(4999))
    run(acme, context=Ending(3))
    assert acme.order().payments[0].status == "CAPTURED"
    acme.passes(timedelta(hours=1))
    run(acme, HOURLY)
    assert acme.order().payments[0].status == "SETTLED"


def test_who_has_waited_longest_is_asked_first(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So an account that takes all the time there is keeps nobody else from its turn."""
    turns: list[str] = []

    def never_ends(system: object, account: PspAccount, since: Progress, over: object) -> Iterable[str]:
        turns.append(account.name)
        raise OutOfTime

    monkeypatch.setattr(reconcile_accounts, "reconcile_asked", never_ends)
    for _ in range(2):
        run(acme, HOURLY, context=Ending(1))
        acme.passes(timedelta(hours=1))
    assert sorted(turns) == ["mer_1#live", "mer_1#test"]

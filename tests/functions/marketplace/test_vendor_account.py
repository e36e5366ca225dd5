"""A vendor's new account waits, and payouts with it: under races too (RG-6, ADR 149)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Lock, Thread
from typing import Any

import pytest

from tests.functions.marketplace import test_pay_vendors as paying
from tests.functions.marketplace.test_pay_vendors import PayingPsp, account, entry, run_all, sold
from tests.functions.merchants.test_account_races import interrupted
from tests.functions.world import World, invoke
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.shared.refusals import OperationNotAllowed
from tillgate.runtime.aws import client
from tillgate.store.ledger.entries import posts
from tillgate.use_cases.marketplace.pay_out_vendors import Result, pay_account
from tillgate.use_cases.merchants import vendors
from tillgate.use_cases.shared.means import _account

psp = paying.psp
OLD, NEW = "acct_ven_1", "acct_new"
ROUNDS = 8


@pytest.fixture(autouse=True)
def baker(world: World, psp: PayingPsp) -> None:
    sold(world, entry(1))


@pytest.fixture
def one_at_a_time() -> Iterator[None]:
    """moto's tables are not made for threads; what races is what each has read before it writes."""
    lock, dynamodb = Lock(), client("dynamodb")
    original = dynamodb._make_api_call

    def call(*arguments: Any) -> Any:
        with lock:
            return original(*arguments)

    dynamodb._make_api_call = call
    yield
    dynamodb._make_api_call = original


def asks(world: World, to: str = NEW) -> dict[str, Any]:
    return vendors.update_vendor(world.system, "mer_1", "ven_1", psp_account=to, by="Ada")


def approves(world: World) -> dict[str, Any]:
    return vendors.approve_vendor_account(world.system, "mer_1", "ven_1", NEW, by="Grace")


def calls_off(world: World) -> dict[str, Any]:
    return vendors.call_off_vendor_account(world.system, "mer_1", "ven_1")


def vendor(world: World) -> Vendor:
    (found,) = world.system.merchants.vendors("mer_1")
    return found


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Threads that begin together; what each returned or raised."""
    begin, done = Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        begin.wait(timeout=30)
        try:
            done[number] = act()  # type: ignore[call-overload]
        except Exception as error:
            done[number] = error  # type: ignore[call-overload]

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return list(done)


def test_payouts_wait_for_the_delay(world: World, psp: PayingPsp) -> None:
    shown = asks(world)
    assert (shown["psp_account"], shown["new_account"]["valid_from"]) == (OLD, "2030-01-03T12:00:00Z")
    assert sum(each["counts"]["waiting"] for each in run_all()) == 1
    world.passes(timedelta(hours=47, minutes=59))
    run_all()
    assert psp.paid == []
    world.passes(timedelta(minutes=1))
    run_all()
    assert psp.paid == [(NEW, 100)]


def test_a_second_person_ends_the_wait(world: World, psp: PayingPsp) -> None:
    asks(world)
    approves(world)
    run_all()
    assert psp.paid == [(NEW, 100)]


def test_called_off_the_old_account_is_paid(world: World, psp: PayingPsp) -> None:
    asks(world)
    calls_off(world)
    run_all()
    assert psp.paid == [(OLD, 100)]


def test_a_new_vendor_needs_no_delay(world: World) -> None:
    made = vendors.create_vendor(world.system, "mer_1", name="Vera", psp_account="acct_vera")
    (found,) = [each for each in world.system.merchants.vendors("mer_1") if each.vendor_id == made["vendor_id"]]
    assert (found.account_at(world.system.now()), found.waiting(world.system.now())) == ("acct_vera", None)


def test_what_a_psp_moves_with_a_payment_goes_to_the_old_account_meanwhile(world: World) -> None:
    world.created()
    assert _account(world.system, world.order(), "ven_1") == OLD
    asks(world)
    world.system.merchants.items._kept.clear()
    assert _account(world.system, world.order(), "ven_1") == OLD
    world.passes(timedelta(hours=48))
    assert _account(world.system, world.order(), "ven_1") == NEW


@pytest.mark.parametrize(
    ("meanwhile", "result", "paid"),
    [
        (asks, Result.WAITING, []),
        (lambda w: vendors.suspend_vendor(w.system, "mer_1", "ven_1", True), Result.SUSPENDED, []),
        (lambda w: (asks(w), approves(w)), Result.PAID, [(NEW, 100)]),
        (lambda w: (asks(w), calls_off(w)), Result.PAID, [(OLD, 100)]),
    ],
    ids=["changed", "suspended", "changed and approved", "changed and called off"],
)
def test_between_reading_the_vendor_and_recording_the_payout(
    world: World, psp: PayingPsp, meanwhile: Callable[[World], object], result: Result, paid: list[Any]
) -> None:
    now = world.system.now()
    pending = world.system.payouts.take(account(1), None, [entry(1)], now)
    assert pending.waits_for_a_run
    with interrupted(lambda: meanwhile(world)) as done:
        assert pay_account(world.system, account(1), now) is result
    assert done
    assert psp.paid == paid


def test_a_change_races_a_payout(world: World, psp: PayingPsp, one_at_a_time: None) -> None:
    """In threads: whoever is first, nothing goes to the new account."""
    for number in range(ROUNDS):
        if number:
            sold_again(world, number)
        _, _ = at_once(lambda: pay_account(world.system, account(1), world.system.now()), lambda: asks(world))
        assert {to for to, _ in psp.paid} <= {OLD}
        calls_off(world)
        run_all()
    assert [to for to, _ in psp.paid] == [OLD] * ROUNDS


def sold_again(world: World, number: int) -> None:
    more = entry(1, name=f"e{number}")
    client("dynamodb").transact_write_items(TransactItems=posts("OrdersTable", "mer_1", [more]))


def test_an_approval_races_a_call_off_and_a_payout(world: World, psp: PayingPsp, one_at_a_time: None) -> None:
    """One of the two wins, the other is told so; what is paid goes where the winner says."""
    for number in range(ROUNDS):
        world.has(Vendor("ven_1", "mer_1", "Baker", OLD))
        if number:
            sold_again(world, number)
        asks(world)
        psp.paid.clear()
        done = at_once(
            lambda: approves(world),
            lambda: calls_off(world),
            lambda: pay_account(world.system, account(1), world.system.now()),
        )
        assert len([each for each in done[:2] if isinstance(each, OperationNotAllowed)]) == 1, done
        valid = NEW if isinstance(done[1], OperationNotAllowed) else OLD
        assert vendor(world).account_at(world.system.now()) == valid
        run_all()
        assert psp.paid == [(valid, 100)]


def test_the_history_says_what_it_waits_for(world: World) -> None:
    event = {"action": "update_vendor", "merchant_id": "mer_1", "vendor_id": "ven_1", "psp_account": NEW, "by": "Ada"}
    assert "error" not in invoke("admin", event)
    (made,) = invoke("admin", {"action": "history", "merchant_id": "mer_1"})["items"]
    assert made["outcome"] == "waits for a second person, or until 2030-01-03 12:00 UTC"
    assert made["changes"]["new_account"]["new"]["psp_account"] == NEW

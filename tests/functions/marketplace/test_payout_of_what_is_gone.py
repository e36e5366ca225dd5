"""A payout run between what a bank took back and the sweep that debits it pays nothing of it (TH-10, EV-9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from tests.functions.marketplace.test_pay_vendors import PayingPsp, entry, run_all, sold
from tests.functions.marketplace.test_taken_back import bank_takes_back, captures, earned, pays, sweeps
from tests.functions.world import ORDER_KEY, World
from tillgate.domain.merchants.vendor import Vendor
from tillgate.runtime.aws import client

MARK = ("TAKEN_BACK#mer_1", ORDER_KEY)


@pytest.fixture
def market(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A vendor has captured 10.00 less a fee of 1.00, and it is ripe."""
    monkeypatch.setenv("PAYOUT_HOLD_DAYS", "7")
    world.psp = world.system.connectors["sandbox"] = PayingPsp()
    world.psp.can(marketplace="carve")
    world.has(Vendor("ven_1", "mer_1", "Theatre", "acct_theatre"))
    world.paid(multi_vendor=True)
    captures(world, pays(world, "a"))
    world.passes(timedelta(days=7, minutes=1))
    return world


def paid(world: World) -> list[tuple[str | None, int]]:
    assert isinstance(world.psp, PayingPsp)
    return world.psp.paid


def results() -> dict[str, int]:
    counts = [each["counts"] for each in run_all()]
    return {name: total for name in counts[0] if (total := sum(each[name] for each in counts))}


def another_sale(world: World) -> None:
    """Of the same vendor and another order, of 20.00, also ripe."""
    sold(world, entry(1, 1900, name="pay_00000000000000000000000009_1@3-capture"))


def test_a_run_between_the_fact_and_the_sweep_holds_it_and_the_next_one_has_nothing_to_pay(market: World) -> None:
    bank_takes_back(market)
    assert results() == {"held": 1}
    sweeps(market)
    assert (earned(market), market.item(*MARK)) == (0, None)
    assert "paid" not in results()
    assert paid(market) == []


def test_what_else_the_vendor_has_earned_is_paid_after_the_sweep(market: World) -> None:
    another_sale(market)
    bank_takes_back(market)
    assert (results(), paid(market)) == ({"held": 1}, [])
    sweeps(market)
    assert results() == {"paid": 1}
    assert [amount for _, amount in paid(market)] == [1900]


def test_the_payout_of_another_vendor_goes_on(market: World) -> None:
    sold(market, entry(2, 1900, name="pay_00000000000000000000000009_1@3-capture"))
    bank_takes_back(market)
    assert results() == {"held": 1, "paid": 1}
    assert paid(market) == [("acct_ven_2", 1900)]


def test_what_an_earlier_run_had_put_into_a_payout_is_held_too(market: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It died before it requested the payout; then the bank took it back."""
    with monkeypatch.context() as killed:
        killed.setattr("tillgate.use_cases.marketplace.pay_out_vendors._begun", dies)
        with pytest.raises(SystemExit):
            run_all()
    bank_takes_back(market)
    assert (results(), paid(market)) == ({"held": 1}, [])
    sweeps(market)
    results()
    assert (paid(market), earned(market)) == ([], 0)


def dies(*_: Any, **__: Any) -> None:
    raise SystemExit


def test_the_fact_between_collecting_and_requesting_is_seen(market: World, monkeypatch: pytest.MonkeyPatch) -> None:
    comes_before(market, monkeypatch, "taken_back", market.system.ledger)
    assert (results(), paid(market)) == ({"held": 1}, [])


def test_a_payout_that_is_recorded_before_the_fact_is_owed_and_holds_those_after_it(
    market: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What remains: the payout was on its way when the bank's word came. The vendor owes it."""
    comes_before(market, monkeypatch, "save", market.system.payouts)
    assert results() == {"paid": 1}
    sweeps(market)
    assert earned(market) == -900
    assert results() == {"held": 1}
    assert [amount for _, amount in paid(market)] == [900]


def comes_before(world: World, monkeypatch: pytest.MonkeyPatch, name: str, of: object) -> None:
    """The bank's word comes right before the first call of it."""
    real: Callable[..., Any] = getattr(of, name)
    waits = [lambda: bank_takes_back(world)]

    def late(*given: Any, **named: Any) -> Any:
        if waits:
            waits.pop()()
        return real(*given, **named)

    monkeypatch.setattr(of, name, late)


@pytest.mark.parametrize("time", range(4))
def test_a_race_of_both_pays_what_was_there_or_nothing(market: World, time: int) -> None:
    """Whoever comes first: the books say what happened, and nothing is paid after the fact is known."""
    together = Barrier(2)
    errors: list[BaseException] = []

    def begins(act: Callable[[], object]) -> Thread:
        def acts() -> None:
            try:
                together.wait(10)
                act()
            except BaseException as error:
                errors.append(error)

        return Thread(target=acts)

    threads = [begins(run_all), begins(lambda: bank_takes_back(market))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    before = sum(amount for _, amount in paid(market))
    assert before in (0, 900)
    sweeps(market)
    run_all()
    assert (sum(amount for _, amount in paid(market)), earned(market)) == (before, -before)


def test_nothing_is_marked_where_no_vendor_had_any_of_it(world: World) -> None:
    world.psp.can(marketplace="carve")
    world.paid(multi_vendor=True)
    bank_takes_back(world)
    assert world.item(*MARK) is None


def test_a_mark_that_nothing_took_away_holds_nobody_once_no_vendor_has_any_of_it(market: World) -> None:
    """As when the last vendor gave back without news for the order."""
    bank_takes_back(market)
    mark = market.item(*MARK)
    sweeps(market)
    client("dynamodb").put_item(TableName="OrdersTable", Item=mark)
    sold(market, entry(1, 1900, name=f"pay_{ORDER_KEY.removeprefix('ord_')}_1@9-capture"))
    assert results() == {"paid": 1}

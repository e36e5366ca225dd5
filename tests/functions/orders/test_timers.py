"""Windows and the sweep: what time demands is done, whoever asks first (EV-6, TH-3, TH-9, GO-4)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.scripted_psp import fact
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.refusals import NotFound

S = OperationStatus
AUTHORIZE = f"{PAYMENT_ID}_1"


def window_ends(world: World, after: timedelta) -> Any:
    world.passes(after)
    return invoke("close_window", sample("close_window"))


def sweep() -> int:
    return int(invoke("sweep_due", sample("sweep_due"))["orders"])


def test_an_order_nobody_paid_expires_after_120_minutes(world: World) -> None:
    """TH-3."""
    world.created()
    assert window_ends(world, timedelta(minutes=119))["status"] == "UNPAID"
    assert window_ends(world, timedelta(minutes=1)) == {"order_key": ORDER_KEY, "status": "EXPIRED"}
    before = world.everything()
    assert window_ends(world, timedelta(minutes=1))["status"] == "EXPIRED"
    assert world.everything() == before


@pytest.mark.parametrize("early", [timedelta(microseconds=1), timedelta(milliseconds=999), timedelta(seconds=2)])
def test_a_window_that_ends_in_a_moment_is_awaited(world: World, early: timedelta) -> None:
    """Step Functions cuts off what is less than a second, and clocks differ: nobody else comes before the sweep."""
    world.created()
    assert window_ends(world, timedelta(minutes=120) - early)["status"] == "EXPIRED"
    assert world.system.seconds == early.total_seconds()


def test_a_window_that_is_far_away_is_left_to_its_own_execution(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.created()
    assert window_ends(world, timedelta(minutes=119, seconds=57))["status"] == "UNPAID"
    assert world.system.seconds == 0
    assert '"next_window":"2030-01-01 14:00:00+00:00"' in capsys.readouterr().out


def test_what_is_held_is_released_when_the_window_closes(world: World) -> None:
    world.created()
    world.started(amount=1000)
    assert window_ends(world, timedelta(minutes=120))["status"] == "EXPIRED"
    assert world.psp.calls[-1] == ("cancel", f"{PAYMENT_ID}_2", 1000)


def test_a_payment_nobody_came_back_from_expires_after_30_minutes(world: World) -> None:
    """EV-6: it is closed at the PSP first."""
    world.created()
    world.started(S.AWAITING_SHOPPER)
    window_ends(world, timedelta(minutes=30))
    assert world.psp.calls[-1] == ("close", f"{PAYMENT_ID}_2", 0)
    assert (world.order().payments[0].status, world.order().status) == ("EXPIRED", "UNPAID")


def test_an_order_that_is_not_there_fails_loudly(world: World) -> None:
    with pytest.raises(NotFound):
        window_ends(world, timedelta(0))


def test_the_sweep_finds_a_window_that_was_never_started(world: World) -> None:
    world.created()
    world.passes(timedelta(minutes=121))
    assert sweep() == 0  # the window's own execution comes first
    world.passes(timedelta(minutes=1))
    assert sweep() == 1
    assert (world.order().status, sweep()) == ("EXPIRED", 0)


def test_the_sweep_ends_an_authorization_after_seven_days(world: World) -> None:
    """TH-9."""
    world.paid()
    world.passes(timedelta(days=7))
    assert sweep() == 1
    payment = world.order().payments[0]
    assert (payment.status, payment.cancelled) == ("EXPIRED", 4999)
    assert world.psp.calls[-1] == ("cancel", f"{PAYMENT_ID}_2", 4999)


def test_the_merchant_is_told_a_day_before_a_hold_ends(world: World) -> None:
    """TH-9: while it can still be captured; by a notification like any other, once."""
    world.paid()
    world.passes(timedelta(days=6))
    before = announced(world)
    assert sweep() == 1
    order = world.order()
    assert (order.status, announced(world)) == ("AUTHORIZED", order.version)
    assert order.version > before
    assert sweep() == 0
    assert world.call("capture_payment", {}).json["status"] == "CAPTURED"


def announced(world: World) -> int:
    item = world.item(ORDER_KEY, "ORDER")
    assert item is not None
    return int(item["announced"]["N"])


def test_the_sweep_asks_for_outcomes_with_growing_gaps(world: World) -> None:
    """GO-4: after 1, 5, 15 minutes ..."""
    world.created()
    world.started(S.UNKNOWN)
    world.psp.known = None  # it cannot be reached
    asked = []
    for minute in range(1, 30):
        world.passes(timedelta(minutes=1))
        before = len(world.psp.calls)
        sweep()
        asked += [minute] * (len(world.psp.calls) - before)
    assert asked == [1, 6, 21]


def test_the_sweep_learns_what_was_missed(world: World) -> None:
    world.created()
    world.started(S.UNKNOWN)
    world.psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    world.passes(timedelta(minutes=1))
    assert sweep() == 1
    assert world.order().status == "AUTHORIZED"


def test_one_order_that_cannot_be_helped_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        world.created(order_reference=f"A-{number}")
    load = world.system.orders.load

    def fail(order_key: str) -> Any:
        if order_key == ORDER_KEY:
            raise RuntimeError("cannot be read")
        return load(order_key)

    monkeypatch.setattr(world.system.orders, "load", fail)
    world.passes(timedelta(minutes=122))
    assert sweep() == 3
    assert world.item(ORDER_KEY, "ORDER")

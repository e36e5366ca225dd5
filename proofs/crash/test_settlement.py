"""Reconciliation of the PSP's settlement report with our payments: MARKED, SETTLED, differences (IS-10, GO-4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from functions.sandbox_psp.sandbox import reports
from proofs.crash.checks import flaws
from proofs.crash.processes import forget
from proofs.crash.scenarios import AMOUNT, on_payment, paid
from proofs.crash.test_operators import history, work
from proofs.crash.vendor_scenarios import divided, on_part
from proofs.crash.wire import Fault
from proofs.crash.world import World, new_world

DAY = timedelta(days=1)


def reconcile(world: World) -> Any:
    """The PSP writes its report, and we read the latest."""
    with patch("time.time", lambda: world.now.timestamp() + 1):
        written = reports.handler({}, None)
    world.pass_time(timedelta(seconds=2))
    answer = world.function("reconcile", {"report": written["report"]})
    return answer["lines"] if answer else None


def taken(world: World) -> str:
    key = paid(capture="auto")(world)
    world.settle(timedelta(seconds=30))
    return key


def test_marked_then_settled_once_each() -> None:
    with new_world() as world:
        key = taken(world)
        assert reconcile(world) == {"new": 1}
        assert world.order(key).payments[0].status == "MARKED"
        version = world.order(key).version
        assert reconcile(world) == {"known": 1}
        assert world.order(key).version == version
        world.pass_time(2 * DAY)
        assert reconcile(world) == {"new": 1}
        order = world.order(key)
        assert (order.payments[0].status, order.status) == ("SETTLED", "PAID")
        assert order.safe is not None
        assert order.safe.level == "SETTLED"
        assert history(world, key)["items"][-1]["cause"].startswith("settlement report 20")
        assert len(world.function("reconcile", {})["reports"]) == 2
        assert world.order(key) == order
        world.settle(timedelta(seconds=30))
        assert flaws(world) == []


def test_a_refund_after_settlement_keeps_it_safe() -> None:
    with new_world() as world:
        key = taken(world)
        world.pass_time(2 * DAY)
        reconcile(world)
        assert on_payment("refund_payment", {"amount": 99})(world, key)[0] == 200
        order = world.order(key)
        assert order.payments[0].status == "PARTIALLY_REFUNDED"
        assert order.safe is not None
        assert order.safe.level == "SETTLED"
        world.settle(timedelta(seconds=30))
        world.pass_time(2 * DAY)
        assert set(reconcile(world)) == {"known"}
        assert flaws(world) == []


def test_a_capture_that_never_reached_us_is_found_by_asking() -> None:
    with new_world({_capture_call(): Fault.DIES_AFTER}) as world:
        key = _captured(world)
        assert world.order(key).payments[0].captured == 0
        assert reconcile(world) == {"known": 1}, "the PSP was asked; the next report marks it"
        assert world.order(key).payments[0].captured == AMOUNT
        assert reconcile(world) == {"new": 1}


def _capture_call() -> int:
    """The number of the call that captures at the PSP."""
    with new_world() as world:
        _captured(world)
        return next(number for number, place in enumerate(world.wire.places) if place.endswith("/captures"))


def _captured(world: World) -> str:
    key = paid()(world)
    forget()
    world.wire.watched = True
    on_payment("capture_payment", {})(world, key)
    world.wire.watched = False
    return key


def _rewritten(world: World, key: str, change: Callable[[str], str]) -> str:
    """Changes the PSP's state; returns its previous state."""
    payment_id = world.order(key).payments[0].payment_id
    item = world.cloud.tables.items["psp"][f"PAYMENT#{payment_id}", "PAYMENT"]
    before: str = item["document"]["S"]
    item["document"]["S"] = change(before)
    return before


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda text: text.replace(f'"captured":{AMOUNT}', '"captured":1'), "has 1 captured, we have 4999"),
        (lambda text: text.replace('"refunded":0', '"refunded":7'), "has 7 refunded, we have 0"),
        (lambda text: text.replace('"EUR"', '"SEK"'), "has SEK, we have EUR"),
    ],
)
def test_a_difference_is_work_until_a_report_agrees(change: Callable[[str], str], what: str) -> None:
    with new_world() as world:
        key = taken(world)
        right = _rewritten(world, key, change)
        assert reconcile(world) == {"different": 1}
        assert reconcile(world) == {"different": 1}
        (item,) = work(world)
        assert what in item["troubles"][0]
        assert world.order(key).payments[0].status == "CAPTURED"
        _rewritten(world, key, lambda _: right)
        assert reconcile(world) == {"new": 1}
        assert work(world) == []
        assert world.order(key).payments[0].status == "MARKED"


def test_a_payment_that_is_not_ours_is_told() -> None:
    with new_world() as world:
        key = taken(world)
        del world.cloud.tables.items["orders"][key, "ORDER"]
        assert reconcile(world) == {"not ours": 1}


def test_a_bank_payment_is_paid_by_the_report_and_can_be_refunded() -> None:
    with new_world() as world:
        body = {"order_reference": "A-1", "amount": AMOUNT, "currency": "EUR", "capture": "auto"}
        key = world.api("create_order", body)[1]["order_key"]
        start = {"method": "bank_redirect", "instrument": {"token": "tok_visa"}}
        world.api("start_payment", start, order_key=key)
        assert world.order(key).payments[0].status == "AUTHORIZED"
        assert world.order(key).safe is None
        world.pass_time(2 * DAY)
        assert reconcile(world) == {"new": 1}
        order = world.order(key)
        assert (order.payments[0].status, order.payments[0].captured) == ("SETTLED", AMOUNT)
        assert order.safe is not None
        assert on_payment("refund_payment", {})(world, key)[0] == 200
        assert world.order(key).status == "REFUNDED"


@pytest.mark.parametrize("vendors", [1, 2])
def test_an_auto_captured_technical_payment_with_a_vendors_refund_does_not_differ(vendors: int) -> None:
    """Vendors' captures and refunds are in their own lines of the report (IS-10, TH-10)."""
    with new_world() as world:
        key = divided("auto", vendors)(world)
        assert on_part("refund_payment", {"amount": 300})(world, key)[0] == 200
        world.settle(timedelta(seconds=30))
        technical = world.order(key).payments[0]
        assert (technical.captured, technical.refunded, technical.vendors.refunded) == (AMOUNT, 300, 300)
        assert reconcile(world) == {"new": 1 + vendors}
        world.pass_time(2 * DAY)
        assert reconcile(world) == {"new": 1 + vendors}
        statuses = {world.order(each).payments[0].status for each in world.part_keys()}
        assert statuses <= {"PARTIALLY_REFUNDED", "SETTLED"}
        assert (world.order(key).payments[0].difference, work(world)) == (None, [])
        world.settle(timedelta(seconds=30))
        assert flaws(world) == []


def test_what_is_still_held_is_not_settled_in_part() -> None:
    with new_world() as world:
        key = paid()(world)
        on_payment("capture_payment", {"amount": 1000, "final": False})(world, key)
        world.settle(timedelta(seconds=30))
        assert reconcile(world) == {"known": 1}
        assert world.order(key).payments[0].status == "PARTIALLY_CAPTURED"

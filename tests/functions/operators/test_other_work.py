"""What needs a person and is no order: it comes onto the work list, is settled at the desk, and goes (GO-4, ONE-9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.marketplace.test_pay_vendors import PayingPsp, entry, run_all, sold
from tests.functions.operators.console import Widget
from tests.functions.psp.test_whose_news import says
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.notifications.delivery import DeliveryStatus
from tillgate.domain.operators.work_list import LONG, Kind
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.psp.facts import Fact
from tillgate.store.shared.work_items import Position
from tillgate.use_cases.notifications.deliver import Post, work_through
from tillgate.use_cases.notifications.notify_merchant import notify_merchant
from tillgate.use_cases.payouts.pay_out import learn

S = OperationStatus
UPDATE_URL = "https://shop.example.com/update"
WHO = {"by": "ada", "reason": "looked at it"}
type Prepared = tuple[World, pytest.MonkeyPatch]


def work() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = invoke("admin", sample("admin_list_work"))["items"]
    return items


def desk() -> Widget:
    return Widget({"view": "work"})


def do(label: str) -> Widget:
    """Presses a button of the list, and does what it asks."""
    return desk().press(label).types(**WHO).press("Do it")


def post(answer: int) -> Post:
    return Post(lambda *_: answer, lambda *_: {}, lambda *_: None, lambda _: b"")


def vendor_not_paid(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYOUT_HOLD_DAYS", "7")
    world.has_merchant()
    world.system.connectors["sandbox"] = PayingPsp()
    sold(world, entry(1, 4999), psp_account="refused")
    run_all()


def unknown_payment(world: World, _: pytest.MonkeyPatch) -> None:
    world.has_merchant()
    says("sandbox", None, (PAYMENT_ID, f"{PAYMENT_ID}_1"))
    for _time in range(LONG + 1):
        assert work() == []
        world.passes(timedelta(days=1))
        invoke("sweep_due", {})


def not_notified(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.has(Merchant("mer_1", "Ada", methods={"card": "sandbox"}, update_url=UPDATE_URL))
    world.paid()
    notify_merchant(world.system, post(500), ORDER_KEY, world.order().version)
    world.call("capture_payment", {})
    notify_merchant(world.system, post(500), ORDER_KEY, world.order().version)
    delivers(world, post(500), 40)


def delivers(world: World, to: Post, hours: int = 0) -> None:
    """What waits for the merchant's server is sent to it, at each hour."""
    (endpoint,) = {each.endpoint_id for each in world.system.deliveries.of_order(ORDER_KEY)}
    for _time in range(2 * hours + 1):
        while work_through(world.system, to, endpoint, lambda _: world.order()) is DeliveryStatus.DELIVERED:
            pass
        if hours:
            world.passes(timedelta(hours=2))


def keeps_failing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.created()
    world.passes(timedelta(minutes=122))
    load = world.system.orders.load
    with monkeypatch.context() as patch:
        patch.setattr(world.system.orders, "load", broken)
        for _time in range(8):
            invoke("sweep_due", {})
            world.passes(timedelta(minutes=65))
    assert world.system.orders.load == load


def broken(*_: object) -> None:
    raise RuntimeError("an error of ours")


# How each comes about, what the list says, and what its entry can be settled by.
CASES: dict[Kind, tuple[Callable[[World, pytest.MonkeyPatch], None], str, list[str]]] = {
    Kind.VENDOR_NOT_PAID: (vendor_not_paid, "49.99 EUR to vendor ven_1 is FAILED", ["Pay again", "Suspend the vendor"]),
    Kind.UNKNOWN_PAYMENT: (unknown_payment, "tells of a payment that nobody knows", ["Apply it now", "Forget it"]),
    Kind.NOT_NOTIFIED: (not_notified, "has not taken 2 notifications", ["Send all again", "Give them up"]),
    Kind.KEEPS_FAILING: (keeps_failing, f"ORDER of {ORDER_KEY} keeps failing", ["Try it now"]),
}


@pytest.mark.parametrize("kind", CASES)
def test_it_is_listed_with_what_can_be_done(world: World, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    CASES[kind][0](world, monkeypatch)
    (item,) = work()
    (told,) = item["work"]
    assert (told["kind"], told["runbook"]) == (kind, f"docs/runbooks/work-{kind}.md")
    shown = desk()
    assert CASES[kind][1] in shown.text
    assert [label.removesuffix(" ...") for label in shown.labels if label != "Open"] == CASES[kind][2]
    assert len(told["ways"]) == len(CASES[kind][2])
    assert "1 thing needs a person" in Widget({"view": "today"}).text


def test_a_vendor_is_paid_once_its_account_is_right(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor_not_paid(world, monkeypatch)
    assert "The PSP has refused it again." in do("Pay again").text
    world.has(Vendor("ven_1", "mer_1", "Baker", "acct_right"))
    assert "It is paid." in do("Pay again").text
    assert work() == []
    assert "Nothing needs you." in desk().text


def test_what_a_vendors_bank_returns_is_listed_until_the_next_payout_takes_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor_not_paid(world, monkeypatch)
    world.has(Vendor("ven_1", "mer_1", "Baker", "acct_closed"))
    do("Pay again")
    (payout,) = world.system.payouts.page("mer_1", "ven_1", 10, None)[0]
    learn(world.system, payout, [Fact(payout.payout_id, payout.request_key, S.REVERSED, reason_code="CLOSED")])
    assert "49.99 EUR to vendor ven_1 is RETURNED: CLOSED" in desk().text
    world.has(Vendor("ven_1", "mer_1", "Baker", "acct_right"))
    assert "It is paid." in do("Pay again").text
    assert work() == []


def test_a_payout_without_outcome_is_settled_by_what_the_back_office_says(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor_not_paid(world, monkeypatch)
    psp = PayingPsp()
    monkeypatch.setattr(psp, "start", lambda *_: [])
    world.system.connectors["sandbox"] = psp
    assert "The PSP has not told its outcome yet." in do("Pay again").text.replace("It is requested; the", "The")
    assert work() == []
    psp.said = None  # it does not answer
    for _time in range(LONG):
        world.passes(timedelta(hours=12))
        invoke("sweep_due", {})
    (item,) = work()
    assert (item["work"][0]["kind"], item["work"][0]["amount"]) == (Kind.NO_OUTCOME, 4999)
    assert "The payout is PAID." in do("It is PAID").text
    assert work() == []


def test_an_unknown_payment_is_applied_once_it_is_known(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown_payment(world, monkeypatch)
    assert "The payment is still unknown." in do("Apply it now").text
    world.created()
    world.started(S.PENDING)
    assert "It is applied." in do("Apply it now").text
    assert (work(), world.order().payments[0].status) == ([], "AUTHORIZED")


def test_an_unknown_payment_is_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown_payment(world, monkeypatch)
    confirming = desk().press("Forget it")
    assert "nothing of it is ever applied" in confirming.text
    confirming.types(**WHO).press("Do it")
    assert [item for item in world.everything() if item["sk"]["S"] in ("PARKED", "WORK")] == []


def test_what_a_receiver_did_not_take_is_sent_again_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    not_notified(world, monkeypatch)
    assert "Notifications sent again: 2." in do("Send all again").text
    assert work() == []
    delivers(world, post(200))
    assert {each.status for each in world.system.deliveries.of_order(ORDER_KEY)} == {DeliveryStatus.DELIVERED}
    sweeps_off(world)


def test_what_a_receiver_did_not_take_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    not_notified(world, monkeypatch)
    assert "Notifications given up: 2." in do("Give them up").text
    assert work() == []
    assert {each.status for each in world.system.deliveries.of_order(ORDER_KEY)} == {DeliveryStatus.DEAD}
    sweeps_off(world)


def test_what_kept_failing_is_tried_within_a_minute(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keeps_failing(world, monkeypatch)
    assert "It is tried within a minute." in do("Try it now").text
    invoke("sweep_due", {})
    assert (work(), world.order().status) == ([], "EXPIRED")
    sweeps_off(world)


def sweeps_off(world: World) -> None:
    """The sweep takes off what is settled, once no index can lag behind it."""
    world.passes(timedelta(minutes=6))
    invoke("sweep_due", {})
    assert world.system.work.page(10) == ([], None)


@pytest.mark.parametrize("item", ["PARKED#0", "ENDPOINT#mer_1#0", "FAILING#ord_x|ORDER", "out_x"])
@pytest.mark.parametrize("action", ["retry_work", "set_aside_work"])
def test_what_is_not_on_the_list_is_refused(world: World, action: str, item: str) -> None:
    before = world.everything()
    assert invoke("admin", sample(f"admin_{action}") | {"item": item}) == {
        "error": "this is not on the work list any more"
    }
    assert world.everything() == before


@pytest.mark.parametrize("kind", [Kind.VENDOR_NOT_PAID, Kind.KEEPS_FAILING])
def test_what_has_to_be_settled_is_not_set_aside(world: World, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    CASES[kind][0](world, monkeypatch)
    (item,) = work()
    named = item.get("item") or item["payout_id"]
    assert "cannot be set aside" in invoke("admin", sample("admin_set_aside_work") | {"item": named})["error"]
    assert len(work()) == 1


def test_what_cannot_be_read_hides_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    not_notified(world, monkeypatch)
    world.system.work.add(ORDER_KEY, world.system.now(), world.system.now())
    monkeypatch.setattr(world.system.orders, "load", broken)
    shown = desk().text
    assert f"{ORDER_KEY} cannot be read" in shown
    assert "has not taken 2 notifications" in shown


def test_the_list_is_paged(world: World) -> None:
    now = world.system.now()
    for number in range(30):
        world.system.work.add(f"FAILING#ord_{number:02}|ORDER", now + timedelta(minutes=number), now)
    pages: list[list[str]] = []
    after: Position | None = ()
    while after is not None:
        found, after = world.system.work.page(12, after)
        pages.append([each.pk for each in found])
    assert [len(page) for page in pages] == [12, 12, 6]
    assert [pk for page in pages for pk in page] == [f"WORK#FAILING#ord_{number:02}|ORDER" for number in range(30)]

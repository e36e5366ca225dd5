"""An order that takes no more, through the real functions: what is refused, and that it can be finished (ONE-1)."""

import json
from typing import Any

import pytest

from tests.functions.failing_writes import FailingWrites, Why, failing
from tests.functions.world import ORDER_KEY, Answer, World, invoke
from tests.store.shared.writing_methods import created
from tillgate.connectors.v1 import Settlement
from tillgate.domain.orders.budget import MOST_BYTES, OrderTooLarge
from tillgate.domain.orders.order import Terms
from tillgate.domain.payments.operations import OperationStatus
from tillgate.store.shared.idempotency import MOST_BODY
from tillgate.store.shared.packing import PACKED_ABOVE
from tillgate.store.shared.sizes import size_of
from tillgate.use_cases.psp.reconcile import reconcile

WIDE = "\U0001f600"  # four bytes
FREE = {"text": WIDE * 9_980}  # what is most in one field
REASON = WIDE * 255
URL = "https://shop.example.com/" + "x" * 2_000


def text(body: dict[str, Any]) -> str:
    """As UTF-8: escaped it would be three times as long."""
    return json.dumps(body, ensure_ascii=False)


def create(world: World, **fields: Any) -> None:
    body = {"order_reference": "A-1001", "amount": 4999, "currency": "EUR"} | fields
    assert world.call("create_order", text(body)).status == 201


def full(world: World) -> list[str]:
    """An order with 130 KB of the merchant's own, payments with long URLs and refunds with long reasons."""
    items = [{"name": WIDE * 200} for _ in range(60)]
    create(world, amount=2_000_000, items=items, customer=FREE)
    assert world.call("update_order", text({"metadata": FREE})).status == 200
    start = {"method": "gift_card", "instrument": {"token": "gc"}, "amount": 1000, "return_url": URL}
    payments = [str(world.call("start_payment", start).json["payment_id"])]
    path = {"payment_id": payments[0]}
    assert world.call("capture_payment", {}, path=path).status == 200
    for _ in range(20):
        assert refund(world, payments[0], REASON).status == 200
    while (answer := world.call("start_payment", start)).status == 201:
        payments.append(answer.json["payment_id"])
    assert answer.refusal == (422, "order_too_large")
    while (answer := refund(world, payments[0], REASON)).status == 200:
        pass
    assert answer.refusal == (422, "order_too_large")
    return payments


def refund(world: World, payment_id: str, reason: str | None, key: str | None = None) -> Answer:
    body = {"amount": 1} | ({"reason": reason} if reason else {})
    return world.call("refund_payment", text(body), path={"payment_id": payment_id}, key=key)


def settled(payment_id: str, captured: int, refunded: int, world: World) -> Settlement:
    now = world.system.now()
    return Settlement(case=payment_id, state="SETTLED", currency="EUR", amount=captured, refunded=refunded, as_of=now)


def without_attempts(world: World) -> list[dict[str, Any]]:
    """A START is counted before it is decided."""
    return [item for item in world.everything() if not item["pk"]["S"].startswith("ATTEMPTS#")]


def test_an_order_that_is_full_refuses_requests_and_can_be_finished(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments = full(world)
    refused = refund(world, payments[0], REASON)
    assert refused.refusal == (422, "order_too_large")
    assert "can still be cancelled" in refused.json["detail"]
    stored = without_attempts(world)
    for name, body in (
        ("start_payment", {"method": "gift_card", "instrument": {"token": "gc_1000"}, "amount": 1, "return_url": URL}),
        ("refund_order", {"amount": 1, "reason": REASON}),
    ):
        assert world.call(name, text(body)).refusal == (422, "order_too_large"), name
    assert without_attempts(world) == stored

    # Without a text there is room: what is held can be taken, what was taken given back.
    assert refund(world, payments[0], None, key="k1").status == 200
    assert refund(world, payments[0], None, key="k1").headers["idempotent-replayed"] == "true"
    assert world.call("capture_payment", {}, path={"payment_id": payments[1]}).status == 200

    report = [settled(each.payment_id, each.captured, each.refunded, world) for each in world.order().payments[:2]]
    monkeypatch.setattr(world.psp, "read_report", lambda _: report, raising=False)
    assert reconcile(world.system, "sandbox", b"", "2030-01-01.csv") == {"new": 2}
    assert {payment.settlement for payment in world.order().payments[:2]} == {"SETTLED"}

    ended = world.call("cancel_order", key="k2")
    assert (ended.status, ended.json["status"]) == (200, "CANCELLED")
    assert not any(payment.held or payment.captured != payment.refunded for payment in world.order().payments)
    assert world.call("cancel_order", key="k2").json == ended.json
    assert world.call("get_history").status == 200
    assert max(size_of(item) for item in world.everything()) <= MOST_BYTES


def test_what_a_full_order_holds_is_released_though_its_psp_was_silent(world: World) -> None:
    """Outcomes are told by notifications later on; none is refused for its size."""
    payments = full(world)
    world.psp.says(*[OperationStatus.UNKNOWN] * len(payments))
    assert world.call("cancel_order").status == 202
    for payment_id in payments:
        payment = world.order().payment(payment_id)
        assert payment is not None
        last = {"key": payment.operations[-1].operation_id, "status": "succeeded"}
        told = json.dumps({"payment": {"reference": payment_id, "operations": [last]}})
        record = {"messageId": "m", "body": json.dumps({"connector": "sandbox", "body": told})}
        assert invoke("apply_psp_notification", {"Records": [record]}) == {"batchItemFailures": []}
    assert world.order().status == "CANCELLED"


def test_what_takes_more_than_a_unit_is_stored_packed_and_read_as_it_was(world: World) -> None:
    create(world, items=[{"name": "x" * 250, "description": "y" * 170} for _ in range(200)], customer={"name": "Ada"})
    item: Any = world.item(ORDER_KEY, "ORDER")
    assert len(item["order"]["B"]) < 2000
    small = world.order()
    metadata = {"text": WIDE * 9_900}
    assert world.call("update_order", text({"metadata": metadata})).status == 200
    item = world.item(ORDER_KEY, "ORDER")
    assert len(item["order"]["B"]) < 2000
    large = world.order()
    assert (large.terms.items, large.terms.metadata, large.customer) == (small.terms.items, metadata, {"name": "Ada"})
    assert world.call("get_order").json["metadata"] == metadata
    assert [order["order_key"] for order in world.call("list_orders").json["items"]] == [ORDER_KEY]
    assert [change.version for change in world.system.orders.history(ORDER_KEY)] == [1, 2]


def test_a_small_item_can_be_read_in_the_console(world: World) -> None:
    world.call("create_order_form", function="create_order")
    item = world.item(ORDER_KEY, "ORDER") or {}
    assert size_of(item) <= PACKED_ABOVE


def test_an_order_that_could_never_be_finished_is_not_made(world: World) -> None:
    with pytest.raises(OrderTooLarge):
        world.system.orders.create(created(terms=Terms(description="x" * 340_000)))
    assert world.everything() == []


def test_of_an_answer_that_no_item_holds_only_that_it_was_given_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is what counts: the same call again is told how things stand."""
    world.created(multi_vendor=True)  # whose answers are stored
    monkeypatch.setattr("tillgate.store.shared.idempotency.MOST_BODY", 10)
    first = world.call("update_order", {"amount": 6000}, key="k1")
    kept = world.item("IDEMPOTENCY#mer_1#k1", "IDEMPOTENCY") or {}
    assert (kept["status"], "body" in kept) == ({"N": "200"}, False)
    again = world.call("update_order", {"amount": 6000}, key="k1")
    assert (again.status, again.json, again.headers["idempotent-replayed"]) == (200, first.json, "true")
    assert MOST_BODY < MOST_BYTES


def test_an_item_that_is_too_large_all_the_same_is_our_fault_and_not_tried_again(world: World) -> None:
    world.created()
    stored = world.everything()
    with failing(FailingWrites(Why.TOO_LARGE)) as writes:
        assert world.call("update_order", {"amount": 6000}).refusal == (500, "internal_error")
    assert (writes.tried, world.everything()) == (1, stored)

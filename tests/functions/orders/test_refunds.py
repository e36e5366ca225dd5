"""Refunds as objects: listed in pages, with reason codes, of chosen tenders, told by events (US-4)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.world import NOON, ORDER_KEY, World
from tillgate.api.merchants.models import SetEndpoint
from tillgate.domain.notifications.event_types import happened
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.psp.facts import Fact
from tillgate.use_cases.orders.list_refunds import list_refunds
from tillgate.use_cases.shared.changes import learn_facts

FAILED, SUCCEEDED, PENDING = OperationStatus.FAILED, OperationStatus.SUCCEEDED, OperationStatus.PENDING


def captured(world: World) -> tuple[str, str]:
    """Two tenders, both taken."""
    world.created(capture="auto", max_open_tenders=2)
    return world.started(SUCCEEDED, amount=3000), world.started(SUCCEEDED, amount=1999)


def take(world: World, *payments: str) -> None:
    for payment_id in payments:
        if not world.order().payment(payment_id).captured:  # type: ignore[union-attr]
            assert world.call("capture_payment", {}, path={"payment_id": payment_id}).status == 200


def refunds(world: World, **query: str) -> tuple[list[dict[str, Any]], str | None]:
    answer = world.call("list_refunds", query=query)
    assert answer.status == 200, answer.text
    return answer.json["items"], answer.json["next_cursor"]


def test_the_pages_together_have_each_refund_once_newest_first(world: World) -> None:
    first, second = captured(world)
    take(world, first, second)
    for amount in range(1, 8):
        world.passes(timedelta(seconds=1))
        assert world.call("refund_payment", {"amount": amount}, path={"payment_id": first}).status == 200
    found, cursor = refunds(world, limit="3")
    pages = [found]
    while cursor:
        found, cursor = refunds(world, limit="3", cursor=cursor)
        pages.append(found)
    assert [[each["amount"] for each in page] for page in pages] == [[7, 6, 5], [4, 3, 2], [1]]


def test_the_merchant_chooses_which_tender_is_refunded_and_says_why(world: World) -> None:
    first, second = captured(world)
    take(world, first, second)
    body = {"payments": [{"payment_id": first, "amount": 500}, {"payment_id": second}], "reason_code": "GOODS_RETURNED"}
    answer = world.call("refund_order", body)
    assert [each["amounts"]["refunded"] for each in answer.json["payments"]] == [500, 1999]
    assert {each["reason_code"] for each in refunds(world)[0]} == {"GOODS_RETURNED"}


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"payments": []}, "invalid_request", "/payments"),
        ({"amount": 400, "payments": [{"payment_id": "1", "amount": 500}]}, "invalid_request", "/amount"),
        ({"payments": [{"payment_id": "1"}, {"payment_id": "1"}]}, "invalid_request", "/payments"),
        ({"payments": [{"payment_id": "1", "amount": 3001}]}, "amount_exceeds_available", "/amount"),
        ({"reason_code": "BORED"}, "invalid_request", "/reason_code"),
    ],
)
def test_a_choice_that_is_wrong_refunds_nothing(world: World, body: Any, code: str, pointer: str) -> None:
    first, second = captured(world)
    take(world, first, second)
    for each in body.get("payments", []):
        each["payment_id"] = {"1": first}.get(each["payment_id"], each["payment_id"])
    before = world.order()
    answer = world.call("refund_order", body)
    assert (answer.refusal, answer.pointers) == ((422, code), [pointer])
    assert world.order() == before


def test_each_refund_is_told_when_it_is_settled_or_has_failed(world: World) -> None:
    first, second = captured(world)
    take(world, first, second)
    world.psp.says(PENDING)
    before = world.order()
    world.call("refund_payment", {"amount": 100}, path={"payment_id": first})
    pending = world.order()
    assert not {each for each in happened(before, pending) if each.startswith("refund.")}
    refund_id = pending.payment(first).operations[-1].operation_id  # type: ignore[union-attr]
    for status, event in ((SUCCEEDED, "refund.settled"), (FAILED, "refund.failed")):
        before = world.order()
        fact = Fact(first, refund_id, status, kind=OperationType.REFUND)
        learn_facts(world.system, before, [fact], cause="notification")
        assert event in happened(before, world.order())
        change = world.item(ORDER_KEY, f"CHANGE#{world.order().version:06d}") or {}
        assert event in change["happened"]["SS"]


def test_an_endpoint_may_ask_for_refunds_alone() -> None:
    endpoint = SetEndpoint(url="https://shop.example.com/refunds", events=["refund.settled", "refund.failed"])
    assert endpoint.events == ["refund.settled", "refund.failed"]


def test_a_refund_from_before_tells_when_it_was_settled(world: World) -> None:
    """Its operation does not say it; the history does."""
    first, second = captured(world)
    take(world, first, second)
    world.call("refund_payment", {"amount": 100}, path={"payment_id": first})
    order = world.order()
    payments = tuple(
        replace(each, operations=tuple(replace(op, settled_at=None) for op in each.operations))
        for each in order.payments
    )
    (refund,), _ = list_refunds(world.system, replace(order, payments=payments), limit=10, before=None)
    assert refund.settled_at == NOON

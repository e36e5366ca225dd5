"""An operator has many vendors tried again, with little time for each call (TH-5, IS-9)."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from proofs.crash.cloud import Cloud, Session
from tests.functions.marketplace.test_split_retry import market
from tests.functions.world import NOON, ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tillgate import wiring
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.identifiers import vendor_key
from tillgate.runtime.aws import client
from tillgate.store.shared.keys import primary_key
from tillgate.store.shared.packing import text_of
from tillgate.use_cases.marketplace.vendor_sums import take_over_sums
from tillgate.use_cases.operators import resolve

__all__ = ["market"]

S = OperationStatus
MANY = 300
EACH = 10
OTHERS = (MANY - 1) * EACH
REFUSED_AGAIN = 40
RETRY = sample("admin_resolve_retry") | {"order_key": ORDER_KEY}


@pytest.fixture
def table(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An orders table in memory: moto copies all of its own for each transaction."""
    found = Session(Cloud(now=NOON), None).create_client("dynamodb")
    monkeypatch.setattr(wiring, "client", lambda service: found if service == "dynamodb" else client(service))
    return found


@pytest.fixture
def stuck(table: Any, market: World) -> World:
    """An order of so many vendors of whom the PSP gave nothing back. One is made by calls, the others are copies."""
    body = {"technical_payment_id": PAYMENT_ID, "vendor_id": "ven_1", "amount": EACH, "sub_order_reference": "v0"}
    path = {"order_key": ORDER_KEY}
    assert market.call("start_payment", body, function="pay_vendor", path=path).status == 201
    (sums,) = [item["sk"]["S"] for item in market.system.vendor_payments.sum_items(ORDER_KEY)]
    add(table, "ORDER", "allotted_1")
    add(table, sums, "authorized")
    market.psp.says(S.SUCCEEDED, S.FAILED)  # what no vendor has is released
    assert market.call("cancel_order").json["status"] == "AUTHORIZED"
    copy(table)
    add(table, sums, "stuck")
    assert take_over_sums(market.system, ORDER_KEY, cause="test").status == "MANUAL_INTERVENTION_NEEDED"
    market.psp.calls.clear()
    return market


def add(table: Any, sk: str, name: str) -> None:
    table.update_item(
        TableName="OrdersTable",
        Key={"pk": {"S": ORDER_KEY}, "sk": {"S": sk}},
        UpdateExpression=f"ADD {name} :others",
        ExpressionAttributeValues={":others": {"N": str(OTHERS)}},
    )


def copy(table: Any) -> None:
    first = vendor_key(ORDER_KEY, "v0").partition("#")[2]
    item = table.get_item(TableName="OrdersTable", Key=primary_key(f"{ORDER_KEY}#{first}"))["Item"]
    for number in range(1, MANY):
        digest = vendor_key(ORDER_KEY, f"v{number}").partition("#")[2]
        text = {name: item[name]["S"].replace(first, digest) for name in ("sk", "listed_at")}
        text["order"] = text_of(item, "order").replace(first, digest).replace('"v0"', f'"v{number}"')
        item.pop("waiting", None)
        table.put_item(TableName="OrdersTable", Item=item | {name: {"S": value} for name, value in text.items()})


def calls_until_all_were_tried(world: World) -> int:
    for calls in range(1, 50):
        world.passes(timedelta(minutes=1))
        answer = invoke("admin", RETRY)
        if answer["all_tried"]:
            return calls
        assert answer["status"] == "MANUAL_INTERVENTION_NEEDED"
    raise AssertionError("it never comes to an end")


def test_every_vendor_is_tried_once_however_little_time_a_call_has(
    stuck: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck.system.slowness = 0.1
    monkeypatch.setattr(resolve, "RETRYING", 10.0)
    stuck.psp.says(*[S.FAILED] * REFUSED_AGAIN)
    assert calls_until_all_were_tried(stuck) > MANY // 50
    tried = Counter(operation for what, operation, _ in stuck.psp.calls if what == "cancel")
    assert (len(tried), set(tried.values())) == (MANY, {1})
    assert stuck.order().status == "MANUAL_INTERVENTION_NEEDED"
    assert sum(payment.vendors.stuck for payment in stuck.order().payments) == REFUSED_AGAIN * EACH
    calls_until_all_were_tried(stuck)
    assert len(stuck.psp.calls) == MANY + REFUSED_AGAIN
    payment = stuck.order().payments[0]
    assert (stuck.order().status, payment.cancelled, payment.held) == ("CANCELLED", 4999, 0)


def test_a_call_without_any_time_tries_one(stuck: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "RETRYING", -1.0)
    for calls in range(1, 4):
        stuck.psp.says(S.FAILED)
        stuck.passes(timedelta(minutes=1))
        assert invoke("admin", RETRY)["all_tried"] is False
        assert len({operation.partition("_v")[2] for _, operation, _ in stuck.psp.calls}) == calls

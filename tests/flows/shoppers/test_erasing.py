"""Personal data is erased on demand and after a time, and what happened to the money stays (GO-7)."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest

from local.place import Place
from local.time_machine import pass_time
from tests.flows.client import JSON, Merchant, authorized_order
from tests.flows.inside import Client

pytestmark = pytest.mark.flow

ADDRESS = {"line1": "12 Analytical Row", "city": "London", "postal_code": "N1 7GU", "country": "GB"}
MONEY = ("order_reference", "status", "amount", "amounts", "payments")


@pytest.fixture
def name() -> str:
    """A name that nobody else has, so that it can be looked for everywhere."""
    return f"Ada-{uuid.uuid4().hex[:8]}"


def stored(aws: Client, resources: dict[str, str]) -> str:
    """All that our tables hold."""
    tables = [resources[table] for table in ("OrdersTable", "ShoppersTable")]
    pages = [page for table in tables for page in aws("dynamodb").get_paginator("scan").paginate(TableName=table)]
    return json.dumps([page["Items"] for page in pages], default=str)


def money(merchant: Merchant, order: JSON) -> JSON:
    told = merchant.read(order)
    return {field: told[field] for field in MONEY}


def test_a_shopper_is_erased_on_demand(merchant: Merchant, aws: Client, resources: dict[str, str], name: str) -> None:
    shopper = merchant.call("POST", "/shoppers", {"name": name, "email": f"{name}@example.com"}).expect(201)
    path = f"/shoppers/{shopper['shopper_key']}"
    merchant.call("POST", f"{path}/addresses", ADDRESS | {"name": name}).expect(201)
    order, payment = authorized_order(merchant, shopper_key=shopper["shopper_key"], customer={"name": name})
    merchant.done(payment, "capture")
    before = money(merchant, order)
    assert name in stored(aws, resources)
    for _ in range(2):
        merchant.call("DELETE", path).expect(204)
    assert name not in stored(aws, resources)
    assert merchant.call("GET", path).code == "not_found"
    assert money(merchant, order) == before
    assert merchant.history(order)[-1]["type"] == "personal_data_erased"
    merchant.done(payment, "refund", amount=100)


def test_customer_data_is_erased_after_its_time(
    merchant: Merchant, aws: Client, resources: dict[str, str], place: Place, name: str
) -> None:
    """The sweep of the day finds orders that are over for so long; younger ones keep theirs."""
    orders = [authorized_order(merchant, customer={"name": f"{name}-{which}"}) for which in ("old", "young")]
    for _, payment in orders:
        merchant.done(payment, "capture")
    pass_time(place, orders[0][0]["order_key"], timedelta(days=541))
    before = money(merchant, orders[0][0])
    aws("lambda").invoke(FunctionName=resources["ErasePersonalDataFunction"], Payload=b"{}")
    assert [f"{name}-{which}" in stored(aws, resources) for which in ("old", "young")] == [False, True]
    assert money(merchant, orders[0][0]) == before

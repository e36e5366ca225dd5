"""A day's bookkeeping on the deployed system: by API, and as a file in the bucket (US-7)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.flows.client import Merchant, eventually
from tests.flows.operators import Operators
from tillgate.domain.ledger.movements import Movement, MovementType
from tillgate.store.ledger.books import puts

pytestmark = pytest.mark.flow


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_what_moved_today_is_told_once(merchant: Merchant, other_merchant: Merchant) -> None:
    order = merchant.order()
    payment = merchant.start(order)
    merchant.done(payment, "capture", amount=3000, final=True)
    merchant.done(payment, "refund", amount=1000)
    day = merchant.payment(payment)["updated_at"][:10]
    answer = merchant.call("GET", f"/exports/{day}?limit=5000")
    assert answer.status == 200
    assert answer.headers["export-status"] == "open"
    mine = [row for row in pages(merchant, day) if row["order_key"] == order["order_key"]]
    assert [(row["type"], row["amount"], row["net"]) for row in mine] == [
        ("capture", "3000", "3000"),
        ("refund", "-1000", "-1000"),
    ]
    operations = {each["operation_id"] for each in merchant.payment(payment)["operations"]}
    assert {row["operation_id"] for row in mine} < operations
    theirs = {row["order_key"] for row in pages(other_merchant, day)}
    assert order["order_key"] not in theirs
    merchant.call("GET", "/exports/2200-01-01").refused(422, "invalid_request")
    merchant.call("GET", "/exports/yesterday").refused(422, "invalid_request")


def pages(merchant: Merchant, day: str, limit: int = 2000) -> list[dict[str, str]]:
    """All of them, by the links from page to page."""
    found: list[dict[str, str]] = []
    path: str | None = f"/exports/{day}?limit={limit}"
    while path:
        answer = merchant.call("GET", path)
        assert answer.status == 200, answer.text
        found += rows(answer.text)
        link = answer.headers.get("link", "")
        path = link.partition("<")[2].partition(">")[0].removeprefix(merchant.api_url) or None
    return found


def test_small_pages_have_the_same_as_large_ones(operators: Operators) -> None:
    merchant = operators.merchant("Pages")
    for _ in range(3):
        payment = merchant.start(merchant.order(capture="auto"))
    day = merchant.payment(payment)["updated_at"][:10]
    large, small = pages(merchant, day), pages(merchant, day, limit=1)
    assert small == large
    assert [row["type"] for row in large] == ["payment"] * 3
    lines = merchant.call("GET", f"/exports/{day}", Accept="application/jsonl")
    assert lines.headers["content-type"].startswith("application/jsonl")
    assert [json.loads(line)["movement_id"] for line in lines.text.splitlines()] == [r["movement_id"] for r in large]


def test_a_dispute_is_in_the_books(merchant: Merchant) -> None:
    payment = merchant.done(merchant.start(merchant.order(), "tok_dispute_won"), "capture")
    eventually(lambda: [each for each in merchant.payment(payment)["disputes"] if each["status"] == "WON"])
    day = merchant.payment(payment)["updated_at"][:10]
    mine = [row for row in pages(merchant, day) if row["payment_id"] == payment["payment_id"]]
    assert [(row["type"], row["amount"]) for row in mine] == [
        ("capture", "4999"),
        ("dispute", "-4999"),
        ("dispute_won", "4999"),
    ]


def test_a_vendors_sale_tells_its_commission(merchant: Merchant) -> None:
    order = merchant.order(amount=9000, multi_vendor=True)
    body = {
        "technical_payment_id": merchant.start(order)["payment_id"],
        "vendor_id": merchant.account["vendors"][0],
        "amount": 9000,
        "sub_order_reference": f"{order['order_reference']}-a",
        "fee": 450,
    }
    part = merchant.call("POST", f"/orders/{order['order_key']}/vendor-payments", body).expect(201)
    merchant.done(part, "capture")
    day = merchant.payment(part)["updated_at"][:10]
    (mine,) = [row for row in pages(merchant, day) if row["order_key"] == order["order_key"]]
    told = {"type": "capture", "amount": "9000", "commission": "450", "net": "8550", "vendor_id": body["vendor_id"]}
    assert {name: mine[name] for name in told} == told


def in_the_night(now: datetime) -> str:
    """A time zone in which it is between one and two in the night."""
    behind = (now.hour - 1) % 24
    return f"Etc/GMT+{behind}" if behind <= 12 else f"Etc/GMT-{24 - behind}"


def test_the_day_that_is_over_lies_in_the_bucket(
    operators: Operators, aws: Callable[[str], Any], resources: dict[str, str]
) -> None:
    now = datetime.now(UTC)
    zone = in_the_night(now)
    merchant = operators.merchant("Nightly")
    merchant_id = merchant.account["merchant_id"]
    operators.call("update_merchant", merchant_id=merchant_id, time_zone=zone)
    yesterday = now - timedelta(hours=6)
    moved = Movement(movement_id="pay_x_1-2-0", at=yesterday, type=MovementType.CAPTURE, currency="EUR", amount=10)
    aws("dynamodb").transact_write_items(TransactItems=puts(resources["OrdersTable"], merchant_id, [moved]))
    day = yesterday.astimezone(ZoneInfo(zone)).date().isoformat()
    answer = merchant.call("GET", f"/exports/{day}")
    assert answer.headers["export-status"] == "closed"
    assert [row["amount"] for row in rows(answer.text)] == ["10"]
    key = f"exports/{merchant_id}/{day}.csv"
    for _ in range(2):
        result = aws("lambda").invoke(FunctionName=resources["ExportDaysFunction"], Payload=b"{}")
        assert "FunctionError" not in result, result["Payload"].read()
        file = aws("s3").get_object(Bucket=resources["ExportsBucket"], Key=key)
        assert file["Body"].read().decode() == answer.text

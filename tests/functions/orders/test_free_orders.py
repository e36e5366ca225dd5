"""An order of nothing: created, announced, changed, shown, invoiced (US-1)."""

import json
from typing import Any

import pytest

from functions.orders.forward_changes import app as forwarder
from functions.payments.menu.pages import http
from tests.functions.world import MENU_KEY, ORDER_KEY, World, invoke, sample

SAFE = {"level": "SETTLED", "since": "2030-01-01T12:00:00.000Z"}
URLS = {"success": "https://shop.example.com/thanks", "aborted": "https://shop.example.com/basket"}


def stands(order: dict[str, Any]) -> tuple[str, int, object]:
    return order["status"], order["amounts"]["open"], order.get("considered_safe")


def menu() -> str:
    event = sample("get_order") | {"httpMethod": "GET", "resource": "/pay/{order_key}"}
    event |= {
        "pathParameters": {"order_key": ORDER_KEY},
        "path": f"/pay/{ORDER_KEY}",
        "queryStringParameters": {"key": MENU_KEY},
    }
    answer = http.handler(event, None)
    assert answer["statusCode"] == 200
    return str(answer["body"])


def test_its_creation_answers_it_paid_and_safe(world: World) -> None:
    answer = world.call("create_order", {"order_reference": "A-1001", "amount": 0, "currency": "EUR"})
    assert (answer.status, stands(answer.json)) == (201, ("PAID", 0, SAFE))
    assert answer.json["allowed_operations"] == ["update", "cancel"]
    assert answer.json["withdrawable"] is False
    assert world.call("start_payment").refusal == (409, "operation_not_allowed")
    assert "due_at" not in (world.item(ORDER_KEY, "ORDER") or {})


def test_its_creation_is_announced_as_nothing_else_will_be(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever ships by notification would never hear of it."""
    world.created(amount=0)
    assert (world.item(ORDER_KEY, "CHANGE#000001") or {})["happened"] == {
        "SS": ["order.considered_safe", "order.paid", "order.updated"]
    }
    queued: list[dict[str, Any]] = []
    monkeypatch.setattr(forwarder, "_queue", lambda _, message: queued.append(message))
    record = {"dynamodb": {"NewImage": world.item(ORDER_KEY, "ORDER"), "SequenceNumber": "1"}}
    assert invoke("forward_changes", {"Records": [record]}) == {"batchItemFailures": []}
    assert [(each["order_key"], each["version"]) for each in queued] == [(ORDER_KEY, 1)]


def test_an_order_is_lowered_to_nothing_unless_something_covers_it(world: World) -> None:
    world.created()
    assert stands(world.call("update_order", {"amount": 0}).json) == ("PAID", 0, SAFE)
    world.created(order_reference="A-1002")
    second = world.system.orders.by_reference("mer_1", "A-1002")
    assert second
    path = {"order_key": second.order_key}
    assert world.call("start_payment", {"method": "card"}, path=path).status == 201
    answer = world.call("update_order", {"amount": 0}, path=path)
    assert answer.refusal == (422, "amount_exceeds_available")


def test_the_menu_says_that_there_is_nothing_to_pay_and_leads_back(world: World) -> None:
    world.created(amount=0, return_urls=URLS)
    page = menu()
    assert "There is nothing to pay" in page
    assert "https://shop.example.com/thanks?order_key=" in page
    assert "<form" not in page


def test_an_invoice_of_nothing_is_paid_and_not_mailed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVOICE_SENDER", "invoices@shop.example")
    body = json.loads(sample("create_invoice")["body"]) | {"amount": 0, "items": []}
    body.pop("send", None)
    answer = world.call("create_invoice", body)
    assert (answer.status, stands(answer.json)) == (201, ("PAID", 0, SAFE))
    assert (answer.json["times_sent"], answer.json["allowed_operations"]) == (0, [])
    assert (world.item(answer.json["order_key"], "ORDER") or {})["mails"] == {"N": "0"}
    again = world.call("create_invoice", body | {"order_reference": "A-1002", "send": True})
    assert (again.refusal, again.pointers) == ((422, "invalid_request"), ["/send"])

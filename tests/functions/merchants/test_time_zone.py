"""The account's time zone, for due dates and letters (US-6)."""

import json
from typing import Any

import pytest

from tests.functions.world import World, invoke, sample
from tillgate.domain.orders.order import Order
from tillgate.outbound.invoices.letter import write


def invoice(world: World, **fields: Any) -> Any:
    body = json.loads(sample("create_invoice")["body"]) | fields
    body.pop("due_at", None) if "due_at" not in fields else None
    return world.call("create_invoice", body)


def test_an_operator_sets_it_by_its_name(world: World) -> None:
    call = {"action": "update_merchant", "merchant_id": "mer_1"}
    assert invoke("admin", call | {"time_zone": "Europe/Berlin"})["time_zone"] == "Europe/Berlin"
    assert "IANA" in invoke("admin", call | {"time_zone": "Berlin"})["error"]
    assert world.call("get_account").json["time_zone"] == "Europe/Berlin"


def test_a_merchant_sets_it(world: World) -> None:
    world.has_merchant()
    answer = world.call("set_time_zone")
    assert (answer.status, answer.json) == (200, {"time_zone": "Europe/Berlin"})
    assert world.call("get_account").json["time_zone"] == "Europe/Berlin"
    for wrong in ("Berlin", "", "europe/berlin", "../UTC"):
        refused = world.call("set_time_zone", {"time_zone": wrong})
        assert (refused.refusal, refused.pointers) == ((422, "invalid_request"), ["/time_zone"])
    assert world.call("get_account").json["time_zone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("zone", "due"), [("UTC", "2030-01-15T23:59:59.999Z"), ("America/New_York", "2030-01-16T04:59:59.999Z")]
)
def test_an_invoice_is_due_to_the_end_of_the_merchants_day(world: World, zone: str, due: str) -> None:
    world.has_merchant(time_zone=zone)
    answer = invoice(world, due_on="2030-01-15")
    assert (answer.status, answer.json["due_at"]) == (201, due)


@pytest.mark.parametrize("fields", [{"due_on": "2030-02-30"}, {"due_on": 5}, {"due_on": "2030-01-15T00:00:00Z"}])
def test_what_is_no_day(world: World, fields: Any) -> None:
    answer = invoice(world, **fields)
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/due_on"])


def test_a_due_date_is_given_once(world: World) -> None:
    answer = invoice(world, due_on="2030-01-15", due_at="2030-01-15T00:00:00Z")
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/due_on"])


def test_the_letter_tells_the_merchants_time(world: World) -> None:
    invoice(world, due_at="2030-01-15T12:00:00Z")
    order: Order = world.order()
    letter = write(order, "Ada", None, "https://pay.example/1", "Asia/Kolkata")
    assert "15.01.2030, 17:30 IST" in letter.text

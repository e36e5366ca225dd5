"""Creating, reading, listing, changing and ending orders: the whole answer, then what is stored."""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.world import MENU_URL, NOON, ORDER_KEY, World
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.psp.facts import Fact
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.shared.changes import learn_facts

CREATED: dict[str, Any] = {
    "order_key": ORDER_KEY,
    "order_reference": "A-1001",
    "amount": 4999,
    "currency": "EUR",
    "status": "UNPAID",
    "menu_url": MENU_URL,
    "created_at": "2030-01-01T12:00:00.000Z",
    "updated_at": "2030-01-01T12:00:00.000Z",
    "expires_at": "2030-01-01T14:00:00.000Z",
    "version": 1,
    "withdrawable": True,
    "capture": "manual",
    "amounts": {"authorized": 0, "captured": 0, "cancelled": 0, "refunded": 0, "open": 4999},
    "allowed_operations": ["withdraw", "start", "update"],
    "payments": [],
    "metadata": {"channel": "web"},
    "description": "Two tickets",
    "items": [{"name": "Ticket", "quantity": 2, "amount": 4999}],
    "customer": {"name": "Ada"},
    "return_urls": {
        "success": "https://shop.example.com/thanks",
        "aborted": "https://shop.example.com/basket",
        "error": "https://shop.example.com/sorry",
    },
}


def test_create_answers_the_order_and_stores_it_with_its_history_and_reference(world: World) -> None:
    """CM-1, ONE-1."""
    answer = world.call("create_order")
    assert (answer.status, answer.json) == (201, CREATED)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert [(item["pk"]["S"], item["sk"]["S"]) for item in world.everything()] == [
        ("REFERENCE#mer_1#A-1001", "REFERENCE"),
        (ORDER_KEY, "ORDER"),
    ]
    assert [change.version for change in world.system.orders.history(ORDER_KEY)] == [1]  # it waits in the order's item
    item = world.item(ORDER_KEY, "ORDER") or {}
    assert item.pop("order")
    assert item.pop("waiting")
    assert item == {
        "pk": {"S": ORDER_KEY},
        "sk": {"S": "ORDER"},
        "version": {"N": "1"},
        "merchant_id": {"S": "mer_1"},
        "order_reference": {"S": "A-1001"},
        "status": {"S": "UNPAID"},
        "updated_at": {"S": "2030-01-01T12:00:00.000000Z"},
        "list_key": {"S": "mer_1"},
        "listed_at": {"S": f"2030-01-01T12:00:00.000000Z#{ORDER_KEY}"},
        "windows": {"M": {f"{ORDER_KEY}-20300101T140000": {"S": "2030-01-01T14:00:00.000000Z"}}},
        "announced": {"N": "0"},
        "forward": {"S": "yes"},  # a window has begun
        "customer": {"S": '{"name": "Ada"}'},
        "due_shard": item["due_shard"],
        "due_at": {"S": "2030-01-01T14:02:00.000000Z"},
    }


def test_a_form_makes_the_same_order_as_json(world: World) -> None:
    answer = world.call("create_order_form", function="create_order")
    left_out = ("description", "items", "customer")
    expected = {name: value for name, value in CREATED.items() if name not in left_out}
    assert answer.json == expected | {"return_urls": {"success": "https://shop.example.com/thanks"}}


def test_a_reference_is_used_once_by_each_merchant(world: World) -> None:
    world.has_merchant("mer_2")
    world.created()
    before = world.everything()
    answer = world.call("create_order")
    assert answer.refusal == (409, "duplicate_reference")
    assert world.everything() == before
    assert world.call("create_order", token=world.token("mer_2")).status == 201


def test_two_creates_that_meet_are_decided_by_the_next_try(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB cancels one of two transactions that meet at a reference; which of them was first is known then."""
    create, lost = world.system.orders.create, [LostRace(), LostRace()]

    def meet(*given: Any) -> Any:
        if lost:
            raise lost.pop()
        return create(*given)

    monkeypatch.setattr(world.system.orders, "create", meet)
    assert world.call("create_order").status == 201
    lost += [LostRace()]
    assert world.call("create_order").refusal == (409, "duplicate_reference")
    lost += [LostRace() for _ in range(100)]
    assert world.call("create_order").refusal == (409, "concurrent_request")


def test_an_order_of_a_vendor_names_one_that_is_there(world: World) -> None:
    body = {"order_reference": "A-1", "amount": 1, "currency": "EUR", "vendor_id": "ven_1"}
    answer = world.call("create_order", body)
    assert answer.refusal == (422, "invalid_request")
    assert answer.pointers == ["/vendor_id"]


def test_get_answers_what_create_answered(world: World) -> None:
    """CM-7, EV-2."""
    world.call("create_order")
    answer = world.call("get_order")
    assert (answer.status, answer.json) == (200, CREATED)


@pytest.mark.parametrize(
    "name",
    ["get_order", "get_history", "list_refunds", "update_order", "withdraw_order", "cancel_order", "refund_order"],
)
def test_an_order_of_another_merchant_is_not_found(world: World, name: str) -> None:
    world.has_merchant("mer_2")
    world.created()
    before = world.everything()
    assert world.call(name, token=world.token("mer_2")).refusal == (404, "not_found")
    assert world.everything() == before


def test_update_changes_amount_and_metadata(world: World) -> None:
    """EV-8."""
    world.call("create_order")
    world.passes(timedelta(seconds=1))
    answer = world.call("update_order")
    assert answer.status == 200
    delivery = {"name": "Delivery", "kind": "shipping", "quantity": 1, "amount": 1000}
    assert answer.json == CREATED | {
        "amount": 5999,
        "items": [*CREATED["items"], delivery],
        "metadata": {"channel": "shop"},
        "version": 2,
        "updated_at": "2030-01-01T12:00:01.000Z",
        "amounts": CREATED["amounts"] | {"open": 5999},
    }
    assert world.order().amount == 5999
    assert (world.item(ORDER_KEY, "ORDER") or {})["announced"] == {"N": "2"}


def test_withdraw_ends_an_order_nobody_began_to_pay(world: World) -> None:
    """EV-5."""
    world.call("create_order")
    answer = world.call("withdraw_order")
    assert answer.status == 200
    assert answer.json == CREATED | {
        "status": "WITHDRAWN",
        "version": 2,
        "withdrawable": False,
        "allowed_operations": [],
        "amounts": CREATED["amounts"] | {"open": 0},
    }
    item = world.item(ORDER_KEY, "ORDER") or {}
    assert item["status"] == {"S": "WITHDRAWN"}
    assert str(item["due_shard"]["S"]).startswith("KEPT#")  # its personal data is erased one day; nothing else is due
    assert world.call("withdraw_order").json == answer.json  # said again it is no error


def test_an_order_that_somebody_began_to_pay_is_not_withdrawn(world: World) -> None:
    world.paid()
    before = world.everything()
    assert world.call("withdraw_order").refusal == (409, "operation_not_allowed")
    assert world.everything() == before


def test_cancel_releases_what_is_held(world: World) -> None:
    world.paid()
    answer = world.call("cancel_order")
    assert (answer.status, answer.json["status"]) == (200, "CANCELLED")
    assert answer.json["amounts"] == {"authorized": 4999, "captured": 0, "cancelled": 4999, "refunded": 0, "open": 0}
    assert [what for what, *_ in world.psp.calls] == ["authorize", "cancel"]


def test_cancel_that_still_runs_is_202(world: World) -> None:
    world.paid()
    world.psp.says(OperationStatus.PENDING)
    answer = world.call("cancel_order")
    assert (answer.status, answer.json["status"]) == (202, "AUTHORIZED")
    assert answer.json["payments"][0]["pending"] is True


def test_refund_of_an_order_takes_the_last_captured_first(world: World) -> None:
    """EV-12."""
    world.created()
    card = world.started(amount=3000)
    gift_card = world.started(method="gift_card", amount=1999)
    for payment_id in (gift_card, card):
        world.passes(timedelta(seconds=1))
        assert world.call("capture_payment", {}, path={"payment_id": payment_id}).status == 200
    answer = world.call("refund_order", {"amount": 3500, "reason": "gone"})
    assert answer.status == 200
    assert [payment["amounts"]["refunded"] for payment in answer.json["payments"]] == [3000, 500]
    assert answer.json["payments"][0]["operations"][-1]["reason"] == "gone"


def test_refunds_are_told_newest_first_whoever_made_them(world: World) -> None:
    """TH-8: what the PSP gave back by itself too."""
    payment_id = world.paid()
    world.call("capture_payment", {})
    world.call("refund_payment", {"amount": 1000, "reason": "One ticket returned"})
    world.passes(timedelta(minutes=1))
    succeeded = OperationStatus.SUCCEEDED
    unasked = Fact(payment_id, None, succeeded, 1000, kind=OperationType.REFUND, psp_reference="re_7")
    learn_facts(world.system, world.order(), [unasked], cause="notification")
    answer = world.call("list_refunds")
    assert (answer.status, answer.json["next_cursor"]) == (200, None)
    theirs, ours = answer.json["items"]
    assert ours == {
        "refund_id": f"{payment_id}_3",
        "payment_id": payment_id,
        "order_key": ORDER_KEY,
        "amount": 1000,
        "currency": "EUR",
        "status": "SUCCEEDED",
        "reason": "One ticket returned",
        "reason_code": None,
        "failure_code": None,
        "origin": "merchant",
        "requested_at": "2030-01-01T12:00:00.000Z",
        "settled_at": "2030-01-01T12:00:00.000Z",
    }
    assert (theirs["amount"], theirs["origin"], theirs["settled_at"]) == (1000, "psp", "2030-01-01T12:01:00.000Z")
    shown = world.call("get_payment").json["operations"]
    assert [(each["origin"], each["psp_reference"]) for each in shown[2:]] == [("merchant", "psp_1"), ("psp", "re_7")]
    late = Fact(payment_id, f"{payment_id}_3", OperationStatus.REVERSED, kind=OperationType.REFUND)
    learn_facts(world.system, world.order(), [late], cause="notification")
    _, ours = world.call("list_refunds").json["items"]
    assert (ours["status"], ours["settled_at"]) == ("REVERSED", None)


def test_history_tells_every_change_oldest_first(world: World) -> None:
    """IS-15, ONE-4."""
    world.paid()
    answer = world.call("get_history")
    assert answer.status == 200
    assert [(entry["version"], entry["type"], entry["actor"], entry["cause"]) for entry in answer.json["items"]] == [
        (1, "order_created", "merchant", "api"),
        (2, "payment_started", "merchant", "api"),
        (2, "operation_requested", "merchant", "api"),
        (3, "outcome_learned", "psp", "answer"),
    ]
    assert answer.json["items"][-1] | {"operation_id": ""} == {
        "version": 3,
        "at": "2030-01-01T12:00:00.000Z",
        "type": "outcome_learned",
        "actor": "psp",
        "cause": "answer",
        "order_status": {"before": "UNPAID", "after": "AUTHORIZED"},
        "payment_id": "pay_00000000000000000000000001_1",
        "payment_status": {"before": "PROCESSING", "after": "AUTHORIZED"},
        "amounts": {
            "before": {"authorized": 0, "captured": 0, "cancelled": 0, "refunded": 0},
            "after": {"authorized": 4999, "captured": 0, "cancelled": 0, "refunded": 0},
        },
        "psp_reference": "psp_1",
        "operation_id": "",
        "status": "SUCCEEDED",
        "amount": 4999,
    }


def test_list_is_paged_newest_first(world: World) -> None:
    """EV-1."""
    for number in range(3):
        world.created(order_reference=f"A-{number}")
        world.passes(timedelta(seconds=1))
    first = world.call("list_orders", query={"limit": "2"}).json
    assert [item["order_reference"] for item in first["items"]] == ["A-2", "A-1"]
    second = world.call("list_orders", query={"limit": "2", "cursor": first["next_cursor"]}).json
    assert [item["order_reference"] for item in second["items"]] == ["A-0"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"order_reference": "A-1"}, ["A-1"]),
        ({"order_reference": "A-9"}, []),
        ({"order_reference": "A-1", "status": "PAID"}, []),
        ({"status": "UNPAID"}, ["A-2", "A-1"]),
        ({"status": "WITHDRAWN"}, ["A-0"]),
        ({"created_from": "2030-01-01T12:00:01Z"}, ["A-2", "A-1"]),
        ({"created_to": "2030-01-01T13:00:01+01:00"}, ["A-1", "A-0"]),
        ({"created_from": "2030-01-01T12:00:01Z", "created_to": "2030-01-01T12:00:01Z"}, ["A-1"]),
        ({"created_from": "2031-01-01T00:00:00Z", "created_to": "2030-01-01T00:00:00Z"}, []),
    ],
)
def test_list_filters(world: World, query: dict[str, str], found: list[str]) -> None:
    for number in range(3):
        world.created(order_reference=f"A-{number}")
        world.passes(timedelta(seconds=1))
    world.call("withdraw_order")
    answer = world.call("list_orders", query=query)
    assert [item["order_reference"] for item in answer.json["items"]] == found
    assert answer.json["next_cursor"] is None


def test_list_shows_a_merchant_its_own_orders_alone(world: World) -> None:
    world.has_merchant("mer_2")
    world.created()
    token = world.token("mer_2")
    assert world.call("list_orders", token=token).json == {"items": [], "next_cursor": None}
    mine = world.call("list_orders", token=token, query={"order_reference": "A-1001"})
    assert mine.json == {"items": [], "next_cursor": None}


def test_the_clock_stands_still(world: World) -> None:
    world.created()
    assert world.order().created_at == NOON

"""START, one payment, capture, cancel, refund, withdraw, sync: the whole answer, then what is stored."""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.scripted_psp import PAGE, fact
from tests.functions.world import NOON, ORDER_KEY, PAYMENT_ID, World
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.payments.fingerprints import fingerprint
from tillgate.domain.payments.operations import OperationStatus

S = OperationStatus
AUTHORIZE = f"{PAYMENT_ID}_1"
AUTHORIZED: dict[str, Any] = {
    "payment_id": PAYMENT_ID,
    "order_key": ORDER_KEY,
    "method": "card",
    "brand": "visa",
    "connector": "sandbox",
    "fingerprint": fingerprint("mer_1", "tok_visa"),
    "kind": "single",
    "amount": 4999,
    "currency": "EUR",
    "status": "AUTHORIZED",
    "pending": False,
    "final": False,
    "withdrawable": False,
    "amounts": {"authorized": 4999, "captured": 0, "cancelled": 0, "refunded": 0, "disputed": 0},
    "reason_code": None,
    "psp_reference": "psp_1",
    "details": {},
    "disputes": [],
    "authorization_expires_at": "2030-01-08T12:00:00.000Z",
    "allowed_operations": ["capture", "cancel"],
    "operations": [
        {
            "operation_id": AUTHORIZE,
            "type": "authorize",
            "amount": 4999,
            "status": "SUCCEEDED",
            "reason_code": None,
            "requested_at": "2030-01-01T12:00:00.000Z",
            "psp_reference": "psp_1",
            "origin": "merchant",
        }
    ],
    "created_at": "2030-01-01T12:00:00.000Z",
    "updated_at": "2030-01-01T12:00:00.000Z",
}


def shown(answer: Any, *names: str) -> dict[str, Any]:
    return {name: answer[name] for name in names}


def test_start_on_the_direct_path(world: World) -> None:
    """CM-4, RG-1: authorized at once."""
    world.created()
    answer = world.call("start_payment")
    assert (answer.status, answer.json) == (201, AUTHORIZED)
    order = world.order()
    assert (order.version, order.status, order.payments[0].authorized) == (3, "AUTHORIZED", 4999)
    assert order.payments[0].operations[0].operation_id == AUTHORIZE


def test_start_tells_the_psp_where_to_send_shopper_and_news(world: World) -> None:
    world.created()
    world.call("start_payment")
    (request,) = world.psp.requests
    asked = (request.instrument, request.currency, request.account, request.ops[0].amount)
    assert asked == ({"token": "tok_visa"}, "EUR", None, 4999)
    assert request.return_url == f"https://api.example.com/v1/psp/sandbox/return/{PAYMENT_ID}"
    assert request.notify_url == "https://api.example.com/v1/psp/sandbox/notifications"


def test_start_that_needs_the_shopper_answers_where_to_go(world: World) -> None:
    """CM-5."""
    world.created()
    world.psp.says(S.AWAITING_SHOPPER)
    answer = world.call("start_payment").json
    assert answer["redirect"] == {"url": PAGE, "http_method": "GET", "parameters": {}}
    assert shown(answer, "status", "pending", "withdrawable", "allowed_operations") == {
        "status": "CREATED",
        "pending": False,
        "withdrawable": True,
        "allowed_operations": ["withdraw", "sync"],
    }
    item = world.item(ORDER_KEY, "ORDER") or {}
    assert item["windows"]["M"][f"{ORDER_KEY}-payment-1"] == {"S": "2030-01-01T12:30:00.000000Z"}


@pytest.mark.parametrize(
    ("said", "status", "pending", "reason"),
    [
        (S.FAILED, "FAILED", False, "REFUSED"),
        (S.PENDING, "PROCESSING", True, None),
        (S.UNKNOWN, "PROCESSING", True, None),
    ],
)
def test_start_answers_201_whatever_became_of_it(
    world: World, said: OperationStatus, status: str, pending: bool, reason: str | None
) -> None:
    world.created()
    world.psp.says(said, reason=reason)
    answer = world.call("start_payment")
    assert answer.status == 201
    assert shown(answer.json, "status", "pending", "reason_code") == {
        "status": status,
        "pending": pending,
        "reason_code": reason,
    }


def test_a_new_start_ends_what_still_awaits_the_shopper(world: World) -> None:
    world.created()
    first = world.started(S.AWAITING_SHOPPER)
    second = world.started()
    assert [call[:2] for call in world.psp.calls[1:]] == [("close", f"{first}_2"), ("authorize", f"{second}_1")]
    assert [payment.status for payment in world.order().payments] == ["WITHDRAWN", "AUTHORIZED"]


def test_while_an_outcome_is_unknown_no_payment_is_started(world: World) -> None:
    world.created()
    world.started(S.UNKNOWN)
    before = world.everything()
    assert world.call("start_payment").refusal == (409, "operation_not_allowed")
    assert world.everything() == before


@pytest.mark.parametrize(
    ("body", "refusal", "pointers"),
    [
        ({"method": "card", "amount": 5000}, (422, "amount_exceeds_available"), ["/amount"]),
        ({"method": "wallet"}, (422, "method_not_applicable"), ["/method"]),
        ({"method": "gift_card"}, (422, "method_not_applicable"), ["/method"]),
        ({"method": "cheque"}, (422, "invalid_request"), ["/method"]),
        ({"method": "card", "save_instrument": True}, (422, "capability_not_supported"), ["/save_instrument"]),
        ({"method": "card", "recurring": True}, (422, "capability_not_supported"), ["/recurring"]),
    ],
)
def test_start_is_refused(world: World, body: object, refusal: tuple[int, str], pointers: list[str]) -> None:
    world.created(methods=["card"])
    before = world.everything()
    answer = world.call("start_payment", body)
    assert (answer.refusal, answer.pointers) == (refusal, pointers)
    assert world.everything() == before
    assert world.psp.calls == []


def test_a_method_that_the_connector_cannot_do(world: World) -> None:
    world.has_merchant("mer_2", methods={"invoice": "sandbox"})
    token = world.token("mer_2")
    world.call("create_order", token=token)
    answer = world.call("start_payment", {"method": "invoice"}, token=token)
    assert answer.refusal == (422, "capability_not_supported")


@pytest.mark.parametrize(
    ("name", "path"), [("get_payment", {}), ("get_payment_by_id", {})], ids=["in its order", "by its id alone"]
)
def test_one_payment(world: World, name: str, path: dict[str, str]) -> None:
    """EV-2, RG-13."""
    world.paid()
    answer = world.call(name, function="get_payment", path=path)
    assert (answer.status, answer.json) == (200, AUTHORIZED)


@pytest.mark.parametrize("payment_id", ["pay_00000000000000000000000001_2", "pay_x_1", "pay_1", "x", "pay__1"])
def test_a_payment_that_is_not_there(world: World, payment_id: str) -> None:
    world.paid()
    path = {"payment_id": payment_id}
    assert world.call("get_payment_by_id", function="get_payment", path=path).refusal == (404, "not_found")
    assert world.call("capture_payment", path=path).refusal == (404, "not_found")


@pytest.mark.parametrize(
    "name",
    [
        "start_payment",
        "get_payment",
        "capture_payment",
        "cancel_payment",
        "refund_payment",
        "withdraw_payment",
        "sync_payment",
    ],
)
def test_a_payment_of_another_merchant_is_not_found(world: World, name: str) -> None:
    world.has_merchant("mer_2")
    world.paid()
    before, calls = world.everything(), list(world.psp.calls)
    assert world.call(name, token=world.token("mer_2")).refusal == (404, "not_found")
    assert (world.everything(), world.psp.calls) == (before, calls)


def test_capture_in_two_steps(world: World) -> None:
    """TH-6, RG-3."""
    world.paid()
    first = world.call("capture_payment", {"amount": 2000, "fee": 10})
    assert first.status == 200
    assert first.json["operations"][1] == {
        "operation_id": f"{PAYMENT_ID}_2",
        "type": "capture",
        "amount": 2000,
        "status": "SUCCEEDED",
        "reason_code": None,
        "requested_at": "2030-01-01T12:00:00.000Z",
        "psp_reference": "psp_1",
        "origin": "merchant",
        "fee": 10,
    }
    assert first.json["status"] == "PARTIALLY_CAPTURED"
    second = world.call("capture_payment", {})
    assert (second.json["status"], second.json["amounts"]["captured"]) == ("CAPTURED", 4999)
    assert world.psp.calls[1:] == [("capture", f"{PAYMENT_ID}_2", 2000), ("capture", f"{PAYMENT_ID}_3", 2999)]
    assert world.order().status == "PAID"


def test_a_final_capture_of_a_part_releases_the_rest(world: World) -> None:
    world.paid()
    answer = world.call("capture_payment", {"amount": 2000, "final": True}).json
    assert (answer["status"], answer["amounts"]["cancelled"]) == ("CAPTURED", 2999)


def test_cancel_in_part(world: World) -> None:
    """TH-7."""
    world.paid()
    answer = world.call("cancel_payment").json
    assert (answer["status"], answer["amounts"]["cancelled"]) == ("AUTHORIZED", 1000)
    assert world.call("cancel_payment", {}).json["status"] == "CANCELLED"


def test_refund_in_part(world: World) -> None:
    """TH-8."""
    world.paid()
    world.call("capture_payment", {})
    answer = world.call("refund_payment").json
    assert (answer["status"], answer["amounts"]["refunded"]) == ("PARTIALLY_REFUNDED", 500)
    assert answer["operations"][-1]["reason"] == "damaged"
    assert world.call("refund_payment", {}).json["status"] == "REFUNDED"
    assert world.order().status == "REFUNDED"


def test_an_operation_that_the_psp_refused_leaves_the_status(world: World) -> None:
    world.paid()
    world.psp.says(S.FAILED, reason="REFUSED")
    answer = world.call("capture_payment")
    assert answer.status == 200
    assert (answer.json["status"], answer.json["operations"][1]["reason_code"]) == ("AUTHORIZED", "REFUSED")
    assert world.order().payments[0].held == 4999


def test_an_operation_without_an_answer_is_pending(world: World) -> None:
    """IS-11: its amount stays reserved."""
    world.paid()
    world.psp.says(S.UNKNOWN)
    answer = world.call("capture_payment", {"amount": 4000})
    assert (answer.json["status"], answer.json["pending"]) == ("AUTHORIZED", True)
    assert world.call("cancel_payment").refusal == (422, "amount_exceeds_available")


@pytest.mark.parametrize(
    ("name", "body", "refusal"),
    [
        ("capture_payment", {"amount": 5000}, (422, "amount_exceeds_available")),
        ("capture_payment", {"amount": 10, "fee": 11}, (422, "amount_exceeds_available")),
        ("cancel_payment", {"amount": 5000}, (422, "amount_exceeds_available")),
        ("refund_payment", {"amount": 1}, (409, "operation_not_allowed")),
        ("withdraw_payment", None, (409, "operation_not_allowed")),
    ],
)
def test_what_is_not_possible_changes_nothing(world: World, name: str, body: object, refusal: tuple[int, str]) -> None:
    world.paid()
    before = world.everything()
    assert world.call(name, body).refusal == refusal
    assert world.everything() == before
    assert len(world.psp.calls) == 1


@pytest.mark.parametrize("name", ["capture_payment", "cancel_payment", "refund_payment"])
def test_a_refused_payment_takes_no_operation(world: World, name: str) -> None:
    world.created()
    world.started(S.FAILED)
    assert world.call(name, {}).refusal == (409, "operation_not_allowed")


def test_refund_over_captured(world: World) -> None:
    world.paid()
    world.call("capture_payment", {"amount": 2000})
    assert world.call("refund_payment", {"amount": 2001}).refusal == (422, "amount_exceeds_available")


def test_withdraw_closes_the_payment_at_the_psp(world: World) -> None:
    """EV-5."""
    world.created()
    payment_id = world.started(S.AWAITING_SHOPPER)
    answer = world.call("withdraw_payment")
    assert (answer.status, answer.json["status"], answer.json["final"]) == (200, "WITHDRAWN", True)
    assert "redirect" not in answer.json
    assert world.psp.calls[-1] == ("close", f"{payment_id}_2", 0)
    assert f"{ORDER_KEY}-payment-1" not in (world.item(ORDER_KEY, "ORDER") or {})["windows"]["M"]


def test_sync_asks_the_psp(world: World) -> None:
    """CM-7, RG-13, IS-14."""
    world.created()
    world.started(S.PENDING)
    world.psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    world.passes(timedelta(seconds=30))
    answer = world.call("sync_payment")
    assert answer.status == 200
    assert answer.json == AUTHORIZED | {
        "updated_at": "2030-01-01T12:00:30.000Z",
        "authorization_expires_at": "2030-01-08T12:00:30.000Z",
    }
    assert world.psp.calls[-1] == ("ask", PAYMENT_ID, 0)


def test_considered_safe_appears_and_goes(world: World) -> None:
    """CM-7, CM-8."""
    world.created()
    assert "considered_safe" not in world.call("get_order").json
    world.started()
    safe = {"level": "AUTHORIZED", "since": "2030-01-01T12:00:00.000Z"}
    assert world.call("get_order").json["considered_safe"] == safe
    world.call("capture_payment", {})
    assert world.call("get_order").json["considered_safe"] == safe | {"level": "CAPTURED"}
    world.call("refund_payment", {})
    assert "considered_safe" not in world.call("get_order").json


def test_an_order_of_a_vendor_is_paid_to_its_account(world: World) -> None:
    world.has(Vendor("ven_1", "mer_1", "Theatre", "acct_theatre"))
    world.created(vendor_id="ven_1")
    world.started()
    assert world.psp.requests[0].account == "acct_theatre"
    assert world.order().created_at == NOON

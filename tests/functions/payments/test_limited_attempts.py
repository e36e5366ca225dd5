"""Failed attempts are limited per order, instrument, address and merchant, by API and on the menu (US-3)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.payments.menu.pages import http
from tests.functions.world import FORM, MENU_KEY, ORDER_KEY, Answer, World, invoke, sample
from tests.menu_forms import Forms, carried
from tillgate.domain.payments.fingerprints import fingerprint
from tillgate.domain.payments.operations import OperationStatus

FAILED, SUCCEEDED = OperationStatus.FAILED, OperationStatus.SUCCEEDED
MANY = 1000


def limits(world: World, **free: int) -> None:
    world.has_merchant(attempt_limits=dict.fromkeys(("order", "instrument", "address", "merchant"), MANY) | free)


def attempt(
    world: World, *, number: int = 0, instrument: str = "tok_1", ip: str | None = None, status: OperationStatus = FAILED
) -> Answer:
    """START for an order of its own, by default."""
    if number:
        world.created(order_reference=f"A-{number}")
    key = f"ord_{max(number, 1):026d}"
    world.psp._next.clear()
    world.psp.says(status)
    body: dict[str, Any] = {"method": "card", "instrument": {"token": instrument}}
    if ip:
        body["shopper_context"] = {"ip": ip}
    return world.call("start_payment", body, path={"order_key": key})


def asked(world: World) -> int:
    return sum(what == "authorize" for what, _, _ in world.psp.calls)


def test_an_order_pauses_after_failures_and_the_pause_grows(world: World) -> None:
    limits(world, order=2)
    world.created()
    assert [attempt(world).status for _ in range(2)] == [201, 201]
    refused = attempt(world)
    assert (refused.refusal, refused.headers["retry-after"]) == ((429, "too_many_requests"), "10")
    assert (asked(world), len(world.order().payments)) == (2, 2)
    world.passes(timedelta(seconds=10))
    assert attempt(world).status == 201
    assert attempt(world).headers["retry-after"] == "20"
    assert asked(world) == 3


def test_an_instrument_pauses_across_orders(world: World) -> None:
    limits(world, instrument=2)
    assert [attempt(world, number=number).status for number in (1, 2, 3)] == [201, 201, 429]
    assert attempt(world, number=4, instrument="tok_2").status == 201
    assert asked(world) == 3


def test_an_address_pauses_across_orders_and_instruments(world: World) -> None:
    limits(world, address=2)
    answers = [attempt(world, number=n, instrument=f"tok_{n}", ip="203.0.113.7") for n in (1, 2, 3)]
    assert [answer.status for answer in answers] == [201, 201, 429]
    assert answers[2].headers["retry-after"] == "10"
    assert attempt(world, number=4, ip="203.0.113.8").status == 201
    assert attempt(world, number=5).status == 201


def test_a_merchant_pauses_for_a_minute_at_most(world: World) -> None:
    limits(world, merchant=2)
    assert [attempt(world, number=n, instrument=f"tok_{n}").status for n in (1, 2)] == [201, 201]
    world.passes(timedelta(seconds=0.5))
    world.system.attempts._known.clear()
    refused = attempt(world, number=3, instrument="tok_3")
    assert (refused.refusal, refused.headers["retry-after"]) == ((429, "too_many_requests"), "10")


def test_successes_do_not_count(world: World) -> None:
    limits(world, instrument=4, address=4)
    for number in range(1, 12):
        assert attempt(world, number=number, ip="203.0.113.7", status=SUCCEEDED).status == 201


def test_a_refused_start_is_not_counted(world: World) -> None:
    limits(world, instrument=2)
    world.created()
    for _ in range(5):
        answer = world.call("start_payment", {"method": "card", "amount": 5000, "instrument": {"token": "tok_1"}})
        assert answer.refusal == (422, "amount_exceeds_available")
    assert attempt(world).status == 201


def test_what_is_counted_holds_neither_token_nor_address_and_ends_by_itself(world: World) -> None:
    attempt(world, number=1, instrument="tok_secret", ip="203.0.113.7")
    counted = [item for item in world.everything() if item["pk"]["S"].startswith("ATTEMPTS#")]
    assert len(counted) == 3
    assert not any("tok_secret" in str(item) or "203.0" in str(item) for item in counted)
    later = world.system.now() + timedelta(hours=2)
    assert {int(item["expires_epoch"]["N"]) for item in counted} == {int(later.timestamp())}


def test_a_window_later_all_are_free_again(world: World) -> None:
    limits(world, instrument=1)
    assert [attempt(world, number=n).status for n in (1, 2)] == [201, 429]
    world.passes(timedelta(hours=1))
    assert attempt(world, number=3).status == 201


def test_the_menu_tells_the_shopper_to_wait(world: World) -> None:
    limits(world, order=1)
    world.created()
    assert attempt(world).status == 201
    body = urlencode(carried(world.order()) | {"method": "card", "instrument[token]": "tok_1"})
    event = sample("get_order") | {"httpMethod": "POST", "resource": "/pay/{order_key}", "body": body}
    event["pathParameters"], event["queryStringParameters"] = {"order_key": ORDER_KEY}, {"key": MENU_KEY}
    event["headers"] = {"Accept-Language": "en", "Content-Type": FORM, "Host": "api.example.com"}
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    answer = http.handler(event, None)
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    assert (answer["statusCode"], headers["retry-after"]) == (429, "10")
    page = Forms(answer["body"])
    assert "Please wait a little, then try again." in page.text
    assert page.pay.choices
    world.passes(timedelta(seconds=10))
    assert http.handler(event, None)["statusCode"] == 303


def test_a_blocked_instrument_never_reaches_the_psp(world: World) -> None:
    limits(world)
    world.created()
    mark = attempt(world).json["fingerprint"]
    assert mark == fingerprint("mer_1", "tok_1")
    call = {"action": "block_instrument", "merchant_id": "mer_1", "fingerprint": mark, "by": "Ada", "reason": "fraud"}
    assert invoke("admin", call) == {"merchant_id": "mer_1", "blocked_fingerprints": [mark]}
    assert invoke("admin", call)["blocked_fingerprints"] == [mark]
    refused = attempt(world)
    assert (refused.refusal, refused.pointers) == ((422, "instrument_blocked"), ["/instrument"])
    assert (attempt(world, instrument="tok_2").status, asked(world)) == (201, 2)
    assert invoke("admin", call | {"action": "unblock_instrument"})["blocked_fingerprints"] == []
    assert attempt(world).status == 201


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fingerprint": "tok_visa"}, "fingerprint"),
        ({"by": " "}, "by"),
        ({"reason": ""}, "reason"),
        ({"merchant_id": "mer_9"}, "merchant"),
    ],
)
def test_a_block_needs_a_fingerprint_a_person_and_a_reason(world: World, change: dict[str, str], told: str) -> None:
    call = {"merchant_id": "mer_1", "fingerprint": "0" * 24, "by": "Ada", "reason": "fraud"} | change
    assert told in invoke("admin", call | {"action": "block_instrument"})["error"]


@pytest.mark.parametrize("wrong", [{"orders": 1}, {"order": 0}, {"order": "9"}, [1], {"order": True}])
def test_free_attempts_are_set_by_an_operator(world: World, wrong: Any) -> None:
    call = {"action": "update_merchant", "merchant_id": "mer_1"}
    assert "attempt_limits" in invoke("admin", call | {"attempt_limits": wrong})["error"]
    told = invoke("admin", call | {"attempt_limits": {"order": 3}})["attempt_limits"]
    assert told == {"order": 3, "instrument": 10, "address": 30, "merchant": 1000}


def test_an_address_that_is_none_is_refused(world: World) -> None:
    world.created()
    answer = world.call("start_payment", {"method": "card", "shopper_context": {"ip": "here"}})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/shopper_context/ip"])

"""A PSP speaks: its notification is proved, queued and taken in; the shopper comes back (IS-12, IS-13, CM-5)."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from functions.sandbox_psp.sandbox.signing import NOTIFICATION_PATH, sign
from tests.connectors.psp import InProcess, connector
from tests.functions.aws import make_queue, messages
from tests.functions.scripted_psp import fact
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tests.sandbox_psp.support import CREDENTIALS
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.psp.facts import Fact
from tillgate.store.shared.documents import from_json_list

S = OperationStatus
BODY = sample("receive_psp_notification")["body"]


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch, world: World) -> str:
    """The queue of notifications; the connector is the real one."""
    world.system.connectors["sandbox"] = connector(InProcess())
    return make_queue(monkeypatch, "PSP_NOTIFICATIONS_QUEUE_URL")


def signed(body: str = BODY, secret: str = CREDENTIALS.secret) -> dict[str, str | None]:
    who = CREDENTIALS._replace(secret=secret)
    return dict(sign(who, "POST", NOTIFICATION_PATH, body.encode(), time.time()))


def receive(world: World, body: str = BODY, **changes: Any) -> Any:
    changes.setdefault("headers", signed(body))
    return world.call("receive_psp_notification", body, token=None, **changes)


def test_what_the_connector_read_is_queued_so_that_nothing_is_verified_again(world: World, queue: str) -> None:
    before = world.everything()
    answer = receive(world)
    assert (answer.status, answer.json) == (202, {"received": True})
    (message,) = messages(queue)
    assert (message["connector"], message["merchant_id"], set(message)) == (
        "sandbox",
        None,
        {"connector", "merchant_id", "mode", "facts", "looks"},
    )
    (told,) = from_json_list(Fact, message["facts"])
    assert (told.payment_id, told.operation_id, told.status) == (PAYMENT_ID, f"{PAYMENT_ID}_1", S.SUCCEEDED)
    assert world.everything() == before


def test_one_for_an_account_of_the_merchants_own(world: World, queue: str) -> None:
    assert receive(world, path={"merchant_id": "mer_1"}).status == 202
    assert messages(queue)[0]["merchant_id"] == "mer_1"


def test_one_that_is_not_in_the_queue_is_not_acknowledged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """2xx only once it is stored: the PSP must say it again."""
    world.system.connectors["sandbox"] = connector(InProcess())
    monkeypatch.setenv("PSP_NOTIFICATIONS_QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/none")
    assert receive(world).refusal == (500, "internal_error")


@pytest.mark.parametrize(
    ("body", "headers", "refusal"),
    [
        (BODY, dict, (401, "unauthorized")),
        (BODY, lambda: signed(secret="another"), (401, "unauthorized")),
        (BODY, lambda: signed("another body"), (401, "unauthorized")),
        (BODY, lambda: signed() | {"Sandbox-Timestamp": "9" * 5000}, (401, "unauthorized")),
        ("{}", lambda: signed("{}"), (400, "invalid_request")),
        ("no JSON", lambda: signed("no JSON"), (400, "invalid_request")),
        ("x" * 100_001, lambda: signed("x" * 100_001), (413, "invalid_request")),
    ],
    ids=["unsigned", "forged", "changed", "time without end", "empty", "malformed", "too long"],
)
def test_what_is_not_genuine_is_refused_and_changes_nothing(
    world: World, queue: str, body: str, headers: Callable[[], dict[str, str | None]], refusal: tuple[int, str]
) -> None:
    """Signed when the test runs: a signature is good for five minutes."""
    world.created()
    before = world.everything()
    own = {"Sandbox-Timestamp": None, "Sandbox-Signature": None, "Sandbox-Key": None}
    assert receive(world, body, headers=own | headers()).refusal == refusal
    assert (world.everything(), messages(queue)) == (before, [])


def test_a_connector_that_is_not_there(world: World, queue: str) -> None:
    assert receive(world, path={"connector": "another"}).refusal == (404, "not_found")


def test_the_news_change_the_order(world: World) -> None:
    world.created()
    world.started(S.PENDING)
    event = sample("apply_psp_notification")
    assert invoke("apply_psp_notification", event) == {"batchItemFailures": []}
    assert world.order().status == "AUTHORIZED"
    before = world.everything()
    assert invoke("apply_psp_notification", event) == {"batchItemFailures": []}  # a copy
    assert world.everything() == before


def test_one_that_fails_does_not_bring_back_the_others(world: World) -> None:
    world.created()
    world.started(S.PENDING)
    event = sample("apply_psp_notification")
    (good,) = event["Records"]
    bad = ["no JSON", "{}", json.dumps({"connector": "another", "merchant_id": None, "body": BODY})]
    event["Records"] = [good | {"messageId": f"bad-{n}", "body": body} for n, body in enumerate(bad)] + [good]
    answer = invoke("apply_psp_notification", event)
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"bad-{n}"} for n in range(3)]}
    assert world.order().status == "AUTHORIZED"


# The shopper comes back.

URLS = {
    "success": "https://shop.example.com/thanks?a=1&a=2&empty=",
    "aborted": "https://shop.example.com/basket",
    "error": "https://shop.example.com/sorry",
}
QUERY = f"order_key={ORDER_KEY}&order_reference=A-1001"


def comes_back(world: World) -> Any:
    return world.call("return_shopper", token=None)


@pytest.mark.parametrize(
    ("said", "reason", "place"),
    [
        (S.SUCCEEDED, None, f"{URLS['success']}&{QUERY}"),
        (S.PENDING, None, f"{URLS['success']}&{QUERY}"),
        (S.FAILED, "REFUSED", f"{URLS['aborted']}?{QUERY}"),
        (S.FAILED, "CANCELLED_BY_PAYER_AT_BANK", f"{URLS['aborted']}?{QUERY}"),
        (S.FAILED, "PSP_ERROR", f"{URLS['error']}?{QUERY}"),
    ],
)
def test_the_shopper_is_sent_on_by_what_the_psp_says(
    world: World, said: OperationStatus, reason: str | None, place: str
) -> None:
    """TH-2: coming back proves nothing."""
    world.created(return_urls=URLS)
    world.started(S.AWAITING_SHOPPER)
    world.psp.known = [fact(PAYMENT_ID, f"{PAYMENT_ID}_1", said, reason=reason)]
    answer = comes_back(world)
    assert (answer.status, answer.headers["location"], answer.text) == (303, place, "")


def test_a_shopper_who_comes_back_twice(world: World) -> None:
    world.created(return_urls=URLS)
    world.started(S.AWAITING_SHOPPER)
    world.psp.known = [fact(PAYMENT_ID, f"{PAYMENT_ID}_1")]
    first, before, calls = comes_back(world), world.everything(), list(world.psp.calls)
    assert comes_back(world).headers["location"] == first.headers["location"]
    assert (world.everything(), world.psp.calls) == (before, calls)  # it is decided: nobody is asked


def test_a_psp_that_cannot_be_reached_holds_no_shopper_up(world: World) -> None:
    world.created(return_urls=URLS)
    world.started(S.AWAITING_SHOPPER)
    world.psp.known = None
    before = world.everything()
    assert comes_back(world).status == 303
    assert world.everything() == before


def test_a_merchant_that_named_no_place(world: World) -> None:
    world.created()
    world.started(S.AWAITING_SHOPPER)
    answer = comes_back(world)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("path", [{"payment_id": "pay_9_1"}, {"payment_id": "x"}, {"connector": "another"}])
def test_coming_back_from_nowhere(paid: World, path: dict[str, str]) -> None:
    answer = paid.call("return_shopper", token=None, path=path, headers={"Accept": "*/*"})
    assert answer.refusal == (404, "not_found")

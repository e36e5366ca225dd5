"""A change is announced with one read and one transaction, to whom the account names now (CM-6, RG-12, GO-2)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.functions.aws import make_queue
from tests.functions.world import NOON, ORDER_KEY, World, invoke, sample
from tests.handlers import handler_module
from tillgate.domain.merchants.account import Endpoint, Merchant
from tillgate.domain.notifications.delivery import DeliveryStatus
from tillgate.domain.payments.disputes import DisputeNotice, DisputeStatus
from tillgate.domain.psp.facts import Fact
from tillgate.outbound.notifications.sending import NotTaken
from tillgate.runtime.aws import client
from tillgate.store.merchants.accounts import Merchants
from tillgate.use_cases.merchants.accounts import with_new_signing_secret
from tillgate.use_cases.notifications import notify_merchant
from tillgate.use_cases.shared.changes import learn_facts

SHOP = "https://shop.example.com/notifications"
OTHER = "https://other.example.com/notifications"


@dataclass
class Shop:
    """Merchants' servers: what they answer, and what came to them."""

    answers: dict[str, int | str] = field(default_factory=dict)
    came: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def __call__(self, _method: str, url: str, headers: Mapping[str, str], body: bytes | None, **_: object) -> int:
        self.came.append((url, headers, body or b""))
        answer = self.answers.get(url, 200)
        if isinstance(answer, str):
            raise NotTaken(answer)
        return answer

    @property
    def urls(self) -> list[str]:
        return [url for url, _, _ in self.came]

    @property
    def orders(self) -> list[dict[str, Any]]:
        return [json.loads(body)["data"] for _, _, body in self.came]


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The merchant has one endpoint and a signing secret."""
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", client("kms").create_key()["KeyMetadata"]["KeyId"])
    make_queue(monkeypatch, "MERCHANT_NOTIFICATIONS_QUEUE_URL")
    shop = Shop()
    monkeypatch.setattr(handler_module("notify_merchant"), "send", shop)
    world.has_merchant(endpoints=(Endpoint(SHOP, ("order.updated",), NOON),))
    _change(world, lambda account: with_new_signing_secret(world.system, world.system.seal, account)[0])
    return shop


@pytest.fixture
def calls() -> Iterator[Counter[str]]:
    """Calls of DynamoDB."""
    made: Counter[str] = Counter()
    events = client("dynamodb").meta.events
    events.register("before-call", lambda model, **_: made.update([model.name]), unique_id="counted")
    yield made
    events.unregister("before-call", unique_id="counted")


def _change(world: World, change: Any) -> Merchant:
    """Another process changes the account: this one knows nothing of it."""
    return Merchants(client("dynamodb"), "MerchantsTable").change_merchant("mer_1", change)


def announce(version: int, **message: Any) -> None:
    event = sample("notify_merchant")
    told = {"order_key": ORDER_KEY, "merchant_id": "mer_1", "version": version} | message
    event["Records"][0]["body"] = json.dumps({name: value for name, value in told.items() if value is not None})
    assert invoke("notify_merchant", event) == {"batchItemFailures": []}


def outstanding(world: World) -> list[int]:
    """Versions that are still in the outbox; START is the second."""
    return [
        int(item["sk"]["S"][-6:]) for item in world.everything() if "ANNOUNCE" in item.get("due_shard", {}).get("S", "")
    ]


def statuses(world: World) -> list[DeliveryStatus]:
    return [each.status for each in world.system.deliveries.of_order(ORDER_KEY)]


def test_an_announcement_is_one_read_and_two_small_writes(world: World, shop: Shop, calls: Counter[str]) -> None:
    """However long the order's history is."""
    payment = world.paid()
    announce(3)
    for _ in range(10):
        assert world.call("capture_payment", {"amount": 10, "final": False}).status == 200
    version = world.order().version
    calls.clear()
    announce(version)
    assert calls == {"BatchGetItem": 1, "PutItem": 1, "UpdateItem": 1}
    assert [order["version"] for order in shop.orders] == [3, 23]
    assert shop.orders[-1]["payments"][0]["payment_id"] == payment
    assert statuses(world) == [DeliveryStatus.DELIVERED] * 2


@pytest.mark.parametrize("payments", [1, 30])
def test_it_reads_the_order_once_however_many_payments_it_has(
    world: World, shop: Shop, calls: Counter[str], payments: int
) -> None:
    """And nothing of the history, which has an entry for each of them."""
    world.created(amount=1000)
    for _ in range(payments):
        world.started(method="gift_card", instrument={"token": "gc_1000"}, amount=10)
    announce(3)
    assert world.call("capture_payment", {"amount": 10}).status == 200
    version = world.order().version
    calls.clear()
    announce(version)
    assert calls == {"BatchGetItem": 1, "PutItem": 1, "UpdateItem": 1}
    assert len(shop.orders[-1]["payments"]) == payments


def test_it_is_a_write_more_for_each_other_receiver(world: World, shop: Shop, calls: Counter[str]) -> None:
    _change(
        world,
        lambda it: replace(it, update_url=OTHER, endpoints=(*it.endpoints, Endpoint(OTHER, ("order.updated",), NOON))),
    )
    world.paid(notification_url="https://own.example.com/")
    announce(3)
    world.call("capture_payment")
    calls.clear()
    shop.came.clear()
    announce(5)
    assert calls == {"BatchGetItem": 1, "PutItem": 4, "UpdateItem": 1}
    assert sorted(shop.urls) == [
        "https://other.example.com/notifications",
        f"{OTHER}?id=A-1001",
        "https://own.example.com/",
        SHOP,
    ]


def test_the_same_message_again_is_one_read_and_calls_nobody(world: World, shop: Shop, calls: Counter[str]) -> None:
    world.paid()
    announce(3)
    calls.clear()
    announce(3)
    assert (calls, len(shop.came)) == ({"BatchGetItem": 1}, 1)


def test_two_that_announce_the_same_change_at_once_leave_one_delivery(world: World, shop: Shop) -> None:
    world.paid()
    there = world.item(ORDER_KEY, "CHANGE#000003")
    assert there
    announce(3)
    client("dynamodb").put_item(TableName="OrdersTable", Item=there)  # as the other one had read it
    announce(3)
    assert (len(shop.came), statuses(world), outstanding(world)) == (2, [DeliveryStatus.DELIVERED], [])


def test_a_message_of_the_sweep_names_the_order_alone(world: World, shop: Shop) -> None:
    world.paid()
    announce(3, merchant_id=None)
    assert (shop.urls, outstanding(world)) == ([SHOP], [])


def test_what_is_told_late_is_told_as_it_was(world: World, shop: Shop) -> None:
    """The order has changed since: every version is told as its change left it, in the order in which messages come."""
    world.paid(customer={"email": "ada@example.com"})
    then = world.order()
    announce(3)
    world.call("capture_payment", {"amount": 10, "final": False})
    world.call("capture_payment", {})
    late = notify_merchant.order_at(world.system, ORDER_KEY, 3)
    assert late == replace(then, customer=None)
    announce(5)
    announce(7)
    assert [(order["version"], order["status"], order["amounts"]["captured"]) for order in shop.orders] == [
        (3, "AUTHORIZED", 0),
        (5, "AUTHORIZED", 10),
        (7, "PAID", 4999),
    ]
    assert all("customer" not in order for order in shop.orders)


def test_what_is_not_accepted_is_recorded_before_the_change_leaves_the_outbox(world: World, shop: Shop) -> None:
    shop.answers[SHOP] = 503
    world.paid()
    announce(3)
    assert (statuses(world), outstanding(world)) == ([DeliveryStatus.PENDING], [])
    endpoint = next(world.system.deliveries.of_order(ORDER_KEY)).endpoint_id
    assert "due_at" in (world.item(f"ENDPOINT#{endpoint}", "ENDPOINT") or {})


def test_an_endpoint_that_was_added_a_moment_ago_is_told(world: World, shop: Shop) -> None:
    """Whom to tell is what is stored when the change happened or later, never a copy from before."""
    world.paid()
    announce(3)  # now this process knows the account
    _change(world, lambda it: replace(it, endpoints=(*it.endpoints, Endpoint(OTHER, ("order.paid",), NOON))))
    world.call("capture_payment", {})
    shop.came.clear()
    announce(5)
    assert sorted(shop.urls) == sorted([SHOP, OTHER])


def test_safety_that_is_lost_and_disputes_are_events_of_their_own(world: World, shop: Shop) -> None:
    """An endpoint that asked for these alone hears of nothing else."""
    wanted = ("order.no_longer_safe", "dispute.opened", "dispute.closed")
    _change(world, lambda it: replace(it, endpoints=(Endpoint(SHOP, wanted, NOON),)))
    payment_id = world.paid()
    world.call("capture_payment", {})
    for version, status in ((6, DisputeStatus.NEEDS_RESPONSE), (7, DisputeStatus.UNDER_REVIEW), (8, DisputeStatus.WON)):
        told = DisputeNotice("dp_1", status, 100, "FRAUDULENT", NOON, revision=version)
        learn_facts(world.system, world.order(), [Fact.of_dispute(payment_id, told)], cause="notification")
        announce(version)
    first, last = shop.orders
    assert ("considered_safe" in first, first["payments"][0]["disputes"][0]["status"]) == (False, "NEEDS_RESPONSE")
    assert ("considered_safe" in last, last["payments"][0]["disputes"][0]["status"]) == (True, "WON")


def test_an_endpoint_that_was_removed_a_moment_ago_is_not(world: World, shop: Shop) -> None:
    world.paid()
    announce(3)
    _change(world, lambda it: replace(it, endpoints=(Endpoint(OTHER, ("order.updated",), NOON),)))
    world.call("capture_payment")
    shop.came.clear()
    announce(5)
    assert shop.urls == [OTHER]


def test_an_endpoint_that_is_named_again_after_410_is_told_at_once(world: World, shop: Shop) -> None:
    shop.answers[SHOP] = 410
    world.paid()
    announce(3)
    shop.answers[SHOP] = 200
    world.passes(timedelta(seconds=1))
    _change(world, lambda it: replace(it, endpoints=(Endpoint(SHOP, ("order.updated",), world.system.now()),)))
    world.call("capture_payment")
    announce(5)
    assert statuses(world) == [DeliveryStatus.DELIVERED, DeliveryStatus.STOPPED]


def test_a_secret_that_was_rotated_a_moment_ago_signs(world: World, shop: Shop) -> None:
    """At the first attempt and at every later one."""
    world.paid()
    shop.answers[SHOP] = 503
    announce(3)
    secrets: list[str] = []

    def rotated(account: Merchant) -> Merchant:
        account, secret = with_new_signing_secret(world.system, world.system.seal, account)
        secrets.append(secret)
        return account

    _change(world, rotated)
    world.call("capture_payment")
    shop.answers[SHOP] = 200
    announce(5)
    _change(world, rotated)
    (waiting,) = (each for each in world.system.deliveries.of_order(ORDER_KEY) if each.status is DeliveryStatus.PENDING)
    event = sample("notify_merchant")
    event["Records"][0]["body"] = json.dumps({"notification_id": waiting.notification_id})
    invoke("notify_merchant", event)
    for secret, (_, headers, body) in zip(secrets, shop.came[1:], strict=True):
        signed = headers["webhook-signature"].split()[0]
        assert signed == Webhook(secret).sign(headers["webhook-id"], _time(headers), body.decode())


def _time(headers: Mapping[str, str]) -> datetime:
    return datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)

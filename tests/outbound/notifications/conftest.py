"""The store of notifications out of moto, with a clock that a test can move and a shop that answers as it is told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.template.reading import resources
from tillgate.api.notifications.views import event_body
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.notifications.delivery import Delivery, Kind
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.lifecycle import Capture
from tillgate.outbound.notifications import signing
from tillgate.outbound.notifications.sending import NotTaken
from tillgate.store.merchants.accounts import Merchants
from tillgate.store.notifications.deliveries import Deliveries
from tillgate.store.notifications.receivers import Receivers
from tillgate.store.shared.due_index import DueIndex
from tillgate.store.shared.work_items import WorkItems
from tillgate.use_cases.notifications.deliver import Post, deliver_first, work_through
from tillgate.wiring import System

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SHOP = "https://shop.example.com/notifications"
OTHER = "https://other.example.com/notifications"
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
ORDER = Order(
    order_key="ord_00000000000000000000000001",
    merchant_id="mer_1",
    order_reference="A-1",
    amount=4999,
    currency="EUR",
    capture=Capture.MANUAL,
    created_at=NOON,
    updated_at=NOON,
    expires_at=NOON + timedelta(hours=2),
    version=2,
)


MERCHANT = Merchant(ORDER.merchant_id, "Ada")


class Clock(System):
    """A system with the test's clock."""

    time = NOON

    def now(self) -> datetime:
        return self.time

    def clock(self) -> float:
        return 0.0

    api_url = "https://api.example.com/v1"


@dataclass
class Network:
    """Receivers, what they answer and what came to them."""

    system: Clock
    answers: dict[str, int | str] = field(default_factory=dict)
    came: list[tuple[datetime, str, str, dict[str, str], bytes]] = field(default_factory=list)
    calls_again: list[tuple[str, timedelta]] = field(default_factory=list)

    @property
    def post(self) -> Post:
        return Post(
            self._send,
            self._sign,
            lambda endpoint, gap: self.calls_again.append((endpoint, gap)),
            lambda order: event_body(order, "https://api.test"),
        )

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> int:
        self.came.append((self.system.now(), method, url, dict(headers), body or b""))
        answer = self.answers.get(url, 200)
        if isinstance(answer, str):
            raise NotTaken(answer)
        return answer

    def _sign(self, _merchant: Merchant, message_id: str, body: bytes, now: datetime) -> Mapping[str, str]:
        return signing.headers([SECRET], message_id, body, now)

    def times(self, url: str) -> list[datetime]:
        return [at for at, _, where, _, _ in self.came if where == url]

    def passes(self, span: timedelta, step: timedelta = timedelta(minutes=1)) -> None:
        """Time passes; the sweep comes every `step` and its finds are worked on."""
        end = self.system.time + span
        while self.system.time < end:
            self.system.time += step
            for shard in range(4):
                for endpoint in self.system.receivers.due(shard, self.system.now(), 100):
                    work_through(self.system, self.post, endpoint, lambda _: ORDER)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(os.environ, "POWERTOOLS_METRICS_NAMESPACE", "Tillgate")
    with mock_aws():
        dynamodb: Any = boto3.client(
            "dynamodb", region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        for name, logical_id in (("orders", "OrdersTable"), ("merchants", "MerchantsTable")):
            table = resources("DynamoDB::Table")[logical_id]["Properties"]
            wanted = ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")
            dynamodb.create_table(TableName=name, **{each: table[each] for each in wanted if each in table})
        system = Clock()
        system.__dict__["merchants"] = Merchants(dynamodb, "merchants")
        system.merchants.create_merchant(MERCHANT)
        system.__dict__["deliveries"] = Deliveries(dynamodb, "orders")
        system.__dict__["due"] = DueIndex(dynamodb, "orders")
        system.__dict__["receivers"] = Receivers(dynamodb, "orders")
        system.__dict__["work"] = WorkItems(dynamodb, "orders")
        yield Network(system)


def promise(network: Network, url: str = SHOP, *, version: int = 2, kind: Kind = Kind.EVENT) -> Delivery:
    now = network.system.now()
    return Delivery(
        order_key=ORDER.order_key,
        order_reference=ORDER.order_reference,
        merchant_id=ORDER.merchant_id,
        version=version,
        kind=kind,
        url=url,
        created_at=now,
        since=now,
        named_at=NOON,
    )


def announce(network: Network, made: Delivery) -> None:
    """The first attempt at a promise, and what `notify_merchant` saves of it."""
    receiver = network.system.receivers.load(made.endpoint_id)
    unsaved = deliver_first(network.system, network.post, made, ORDER, MERCHANT, receiver)
    if unsaved:
        network.system.deliveries.add(unsaved)

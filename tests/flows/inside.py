"""The deployed system from within: the real use cases on its own tables, with a clock that lies in the past.

Tests of timers shorten instants and not the logic: an order that this clock made 119 minutes and 57 seconds ago is due
in three seconds, and the stream starts the very execution that any order gets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from local.time_machine import earlier, moved
from tests.flows.client import JSON, new_reference
from tillgate.connectors.host.credentials import IN_USE, Whose
from tillgate.connectors.host.http import Breaker, PspHttp
from tillgate.connectors.host.psp import Line, Psp
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.connectors.sandbox.manifest import MANIFEST
from tillgate.connectors.v1 import Case, Fact, Manifest, Op
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.evolve import replay
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order, Terms
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.shared.modes import Mode
from tillgate.store.merchants.accounts import Merchants
from tillgate.store.orders.mapping import order_from_json, order_to_json
from tillgate.store.orders.orders import Orders
from tillgate.store.payments.attempts import Attempts
from tillgate.store.shared.idempotency import Keys
from tillgate.use_cases.orders.create_order import create_order
from tillgate.use_cases.orders.update_order import update_order
from tillgate.use_cases.payments.payment_instruments import InstrumentRequest
from tillgate.use_cases.payments.start_payment import Start, start_payment
from tillgate.use_cases.payments.sync_payment import sync_payment
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

Client = Callable[[str], Any]
NOW = timedelta(0)


class Earlier(SandboxConnector):
    """What it authorizes the PSP holds since our clock's time: it is the PSP who tells until when."""

    moves_back: Callable[[str], None]

    def start(self, case: Case, op: Op) -> list[Fact]:
        facts = super().start(case, op)
        self.moves_back(case.id)
        return self.ask(case) or facts


class Unlucky(Earlier):
    """The PSP hears the request, and its answer is lost on the way."""

    def start(self, case: Case, op: Op) -> list[Fact]:
        super().start(case, op)
        return []


class Inside(System):
    """The parts of the deployed system, put together in this process with an operator's rights."""

    def __init__(self, aws: Client, resources: Mapping[str, str], stack: JSON) -> None:
        self.aws = aws
        self.resources = resources
        self.stack = stack
        self.ago = NOW
        self.is_unlucky = False
        self.api_url = str(stack["api_url"])

    def back(self, ago: timedelta, *, deaf: bool = False, unlucky: bool = False) -> Inside:
        """The same with a clock that is so much behind.

        `deaf`: no notification of the PSP finds its way to us. `unlucky`: its answers to a START are lost.
        """
        other = Inside(self.aws, self.resources, self.stack)
        other.ago, other.is_unlucky = ago, unlucky
        if deaf:
            other.api_url = f"{self.stack['shop_url']}/notifications?swallowed="
        return other

    def now(self) -> datetime:
        return super().now() - self.ago

    @cached_property
    def orders(self) -> Orders:
        return Orders(self.aws("dynamodb"), self.resources["OrdersTable"])

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.aws("dynamodb"), self.resources["OrdersTable"])

    @cached_property
    def attempts(self) -> Attempts:
        return Attempts(self.aws("dynamodb"), self.resources["OrdersTable"])

    @cached_property
    def merchants(self) -> Merchants:
        return Merchants(self.aws("dynamodb"), self.resources["MerchantsTable"])

    @cached_property
    def sandbox(self) -> Line:
        secret = read_secret(self.aws, self.resources["SandboxPspSecret"])
        kind = Unlucky if self.is_unlucky else Earlier
        http = PspHttp(MANIFEST.hosts, str(self.stack["psp_url"]), Breaker(self.clock), self.clock)
        connector = kind(secret, http, self.now)
        connector.moves_back = self._move_back_at_psp
        return Line(connector, http)

    def _move_back_at_psp(self, payment_id: str) -> None:
        table, key = self.resources["SandboxPspTable"], {"pk": {"S": f"PAYMENT#{payment_id}"}, "sk": {"S": "PAYMENT"}}
        item = self.aws("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        if item and self.ago:
            self.aws("dynamodb").put_item(TableName=table, Item=moved(item, lambda text: earlier(text, self.ago)))

    def manifest(self, name: str) -> Manifest:
        assert name == MANIFEST.name
        return MANIFEST

    def psp(self, name: str, merchant_id: str | None, mode: Whose = IN_USE) -> Psp:
        return Psp(self, self.manifest(name), merchant_id, lambda: self.sandbox)

    def is_set_up(
        self, name: str, merchant_id: str | None, needs: frozenset[str] = frozenset(), mode: Whose = IN_USE
    ) -> bool:
        return True

    def mode_in_use(self, name: str, merchant_id: str) -> Mode | None:
        return None

    # Changes as the API makes them, on this clock. They answer what the API would find.

    @cached_property
    def merchant(self) -> Merchant:
        found = self.merchants.merchant(self.stack["merchants"][0]["merchant_id"])
        assert found is not None
        return found

    def create(self, *, amount: int = 4999, capture: str = "manual", minutes: int = 120) -> JSON:
        order = create_order(
            self,
            self.merchant,
            order_reference=new_reference(),
            amount=amount,
            currency="EUR",
            capture=Capture(capture),
            window=timedelta(minutes=minutes),
            terms=Terms(),
            guard=self._guard,
        )
        return {"order_key": order.order_key, "order_reference": order.order_reference}

    def start(self, order: JSON, instrument: str = "tok_visa") -> JSON:
        """START; a shopper who has to come to the PSP's page finds it in `redirect`."""
        after, payment_id = start_payment(
            self,
            self.merchant,
            order["order_key"],
            Start(
                method="gift_card" if instrument.startswith("gc_") else "card",
                asked=InstrumentRequest({"token": instrument}),
            ),
            self._guard,
        )
        payment = after.payment(payment_id)
        assert payment is not None
        redirect = {"redirect": {"url": payment.redirect.url}} if payment.redirect else {}
        return {"order_key": after.order_key, "payment_id": payment_id, "status": payment.status} | redirect

    def raise_to(self, order: JSON, amount: int) -> None:
        update_order(
            self, self.merchant.merchant_id, order["order_key"], amount=amount, metadata=None, guard=self._guard
        )

    def ask(self, payment: JSON) -> Order:
        key, payment_id = payment["order_key"], payment["payment_id"]
        return sync_payment(self, self.merchant.merchant_id, key, payment_id, guard=self._guard)

    @property
    def _guard(self) -> IdempotencyGuard:
        return IdempotencyGuard(None, self.keys, lambda order, subject: (200, "{}"))

    # What is stored.

    def stored(self, order: JSON) -> Order:
        """The order in the table: no invariant is broken, and its history rebuilds it."""
        found = self.orders.load(order["order_key"])
        assert found is not None
        assert broken(found) == []
        changes = list(self.orders.history(found.order_key))
        assert [change.version for change in changes] == list(range(1, len(changes) + 1))
        rebuilt = replace(replay(event for change in changes for event in change.events), version=changes[-1].version)
        if changes[-1].version == found.version:  # else it has just changed again
            assert order_from_json(order_to_json(rebuilt)) == replace(found, customer=None)
        return found


def read_secret(aws: Client, name: str) -> dict[str, str]:
    """A secret's JSON."""
    value: dict[str, str] = json.loads(aws("secretsmanager").get_secret_value(SecretId=name)["SecretString"])
    return value


def due_in(seconds: float, window: timedelta) -> timedelta:
    """How far in the past a clock has to be for a window that begins there to end in so many seconds."""
    return window - timedelta(seconds=seconds)


def rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def is_seen(dynamodb: Any, table: str, merchant_id: str) -> bool:
    """Whether a read that is not consistent shows the account as it is: what is read late is kept for a minute."""
    key = {"pk": {"S": f"MERCHANT#{merchant_id}"}, "sk": {"S": "PROFILE"}}
    late, now = (dynamodb.get_item(TableName=table, Key=key, ConsistentRead=each).get("Item") for each in (False, True))
    return bool(now) and late == now

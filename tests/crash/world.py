"""The whole system in one process: our real functions, the real sandbox PSP, a cloud in memory, and time.

Each run of a function is a process of its own: what it kept in memory is gone with it when it dies. Queues, the stream
and the sweep bring again what was not done, as AWS does. `settle` lets everything happen until nothing is left to do.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast
from unittest.mock import patch
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3
from botocore.exceptions import ReadTimeoutError

from functions.sandbox_psp.sandbox import api as psp_api
from functions.sandbox_psp.sandbox import consumer as psp_consumer
from functions.sandbox_psp.sandbox import http as psp_http
from functions.sandbox_psp.sandbox import service as psp_service
from functions.sandbox_psp.sandbox import storage as psp_storage
from tests.crash.cloud import LINKS, SECRETS, Answer, Cloud, Message, Session
from tests.crash.wire import Fault, Killed, Wire
from tillgate import wiring
from tillgate.api import tokens
from tillgate.domain.order import Order
from tillgate.store import client as store_client
from tillgate.store.merchants import Merchant
from tillgate.store.orders import Orders
from tillgate.store.parked import Parked, parked_of

ENVIRONMENT = {
    "ORDERS_TABLE": "orders",
    "MERCHANTS_TABLE": "merchants",
    "SHOPPERS_TABLE": "shoppers",
    "TOKEN_SECRET_ID": "tokens",
    "SANDBOX_PSP_SECRET_ID": "sandbox",
    "SANDBOX_PSP_TABLE": "psp",
    "SANDBOX_PSP_NOTIFICATIONS_QUEUE_URL": "psp-out",
    "PSP_NOTIFICATIONS_QUEUE_URL": "psp-in",
    "MERCHANT_NOTIFICATIONS_QUEUE_URL": "merchant-out",
    "WINDOW_STATE_MACHINE_ARN": "window",
    "LINKS_PARAMETER": "links",
    "REPORTS_BUCKET": "reports",
    "SETTLEMENTS_BUCKET": "reports",
    "ALLOW_LOCAL_URLS": "true",
    "STAGE": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "Tillgate",
}
CONSUMERS = {"psp-in": "apply_psp_notification", "merchant-out": "notify_merchant"}
MOST_RECEIVES = 10  # then a message is poison
SEEN_AGAIN = timedelta(seconds=60)  # a message that failed is visible again after this
LAMBDA_ENDS = timedelta(seconds=61)  # no function lives longer
MERCHANT = "mer_1"


class World:
    """One merchant, one PSP, any number of orders."""

    def __init__(self) -> None:
        self.cloud = Cloud(now=datetime.now(UTC).replace(microsecond=0))
        self.wire = Wire()
        self.inbox: list[tuple[str, int]] = []  # reference and the order's version when the shop was told of it
        self.shop_status = 200
        self.psp_is_down = False
        self._whose = ""
        self.started_at = self.now

    @property
    def now(self) -> datetime:
        return self.cloud.now

    def tick(self) -> datetime:
        """No two looks at the clock are the same instant."""
        self.cloud.now += timedelta(milliseconds=1)
        return self.cloud.now

    @property
    def orders(self) -> Orders:
        return Orders(Session(self.cloud, None).create_client("dynamodb"), "orders")

    def order(self, order_key: str) -> Order:
        found = self.orders.load(order_key)
        assert found is not None
        return found

    def order_keys(self) -> list[str]:
        return [pk for pk, sk in self.cloud.tables.items.get("orders", {}) if sk == "ORDER"]

    # Processes.

    def run(self, process: Callable[[], Any]) -> Any:
        """Runs a function's process; None if it died or failed. Then its memory is gone."""
        try:
            return process()
        except (Killed, ReadTimeoutError):
            self.forget()
            return None

    def forget(self) -> None:
        """The memory of a process is gone."""
        for clear in _caches(len(sys.modules)):
            clear()

    def function(self, name: str, event: dict[str, Any]) -> Any:
        handler = importlib.import_module(f"functions.{name}.app").handler
        return self.run(lambda: handler(event, None))

    def api(
        self,
        function: str,
        body: object = None,
        *,
        key: str | None = None,
        method: str = "POST",
        **path: str,
    ) -> tuple[int, Any]:
        """A merchant's call. (0, None) if the process died: API Gateway would answer 502."""
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": self._whose + key} if key else {}
        url = "/".join(("", *path.values(), function))
        event = _event(method, url, headers, json.dumps(body) if body is not None else "", path)
        answer = self.function(function, event)
        if answer is None:
            return 0, None
        is_json = answer["headers"].get("Content-Type", "").endswith("json")
        return answer["statusCode"], json.loads(answer["body"]) if is_json else None

    def with_keys[Result](self, whose: str, calls: Callable[[], Result]) -> Result:
        """What is called meanwhile carries idempotency keys of its own."""
        before, self._whose = self._whose, whose
        try:
            return calls()
        finally:
            self._whose = before

    def _token(self) -> str:
        with patch.object(tokens, "secret", lambda _: SECRETS["tokens"]):
            return tokens.issue(MERCHANT, "cli_1", datetime.now(UTC))

    # The network.

    def http(self, method: str, url: str, *, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        """Whoever is behind that URL answers."""
        parts = urlsplit(url)
        if parts.netloc == "psp.test":
            return self._psp(method, parts.path, body, headers or {})
        if parts.netloc == "shop.test":
            reference = parse_qs(parts.query)["id"][0]
            self.inbox += [
                (reference, order.version)
                for order in (self.order(key) for key in self.order_keys())
                if order.order_reference == reference and self.shop_status == 200
            ]
            return Answer(self.shop_status)
        return self._ours(method, parts.path, body, headers or {})

    def _psp(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self.psp_is_down:
            raise urllib3.exceptions.ProtocolError("connection refused")
        psp_http.handler._setup_event_loop()
        event = _event(method, path, headers, body.decode(), {})
        answer = psp_http.handler(event, cast(Any, None))
        if b"tok_timeout" in body:
            raise urllib3.exceptions.ReadTimeoutError(cast(Any, None), path, "too late")
        return Answer(answer["statusCode"], answer["body"].encode(), dict(answer["headers"]))

    def _ours(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Only PSPs call us over the network here."""
        event = _event(method, path, headers, body.decode(), {"connector": path.split("/")[2]})
        answer = self.function("receive_psp_notification", event)
        if answer is None:
            raise urllib3.exceptions.ProtocolError("connection broken")
        return Answer(answer["statusCode"])

    def choose(self, order_key: str, action: str) -> None:
        """The shopper presses a button on the PSP's page and comes back to us."""
        payment = next(p for p in self.order(order_key).payments if p.redirect)
        assert payment.redirect is not None
        path = urlsplit(payment.redirect.url).path
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self._psp("POST", path, urlencode({"action": action}).encode(), form)

    # Time.

    def settle(self, horizon: timedelta = timedelta(hours=12)) -> None:
        """Lets everything happen that is promised, and time pass, until nothing is left to do before the horizon."""
        end = self.now + horizon
        for _ in range(400):
            if self._work():
                continue
            later = min(self._instants(), default=None)
            if later is None or later > end:
                self.cloud.now = max(self.now, end)
                return
            self.cloud.now = max(later, self.now)
            if self._swept_at() is not None:
                self.cloud.now += timedelta(seconds=1)
                self.function("sweep_due", {})
        raise AssertionError("it never comes to rest")

    def pass_time(self, gap: timedelta) -> None:
        self.cloud.now += gap

    def _work(self) -> bool:
        """One round over everything that can be done now."""
        return any(
            [self._forward(), *(self._consume(queue) for queue in CONSUMERS), self._psp_works(), self._windows()]
        )

    def _forward(self) -> bool:
        stream = self.cloud.tables.streams.get("orders", [])
        batch = [record for record in stream[:10] if record["dynamodb"]["Keys"]["sk"]["S"] == "ORDER"]
        if not batch:
            del stream[:10]
            return bool(stream)
        answer = self.function("forward_changes", {"Records": batch})
        failed = answer["batchItemFailures"] if answer is not None else [{"itemIdentifier": ""}]
        first = failed[0]["itemIdentifier"] if failed else None
        numbers = [record["dynamodb"]["SequenceNumber"] for record in stream]
        del stream[: (numbers.index(first) if first in numbers else 0) if failed else 10]
        return True

    def _consume(self, queue: str) -> bool:
        batch = self._receive(queue)
        if not batch:
            return False
        answer = self.function(CONSUMERS[queue], _sqs_event(batch))
        self._delete(queue, batch, answer)
        return True

    def _psp_works(self) -> bool:
        batch = self._receive("psp-out")
        if not batch:
            return False
        self._delete("psp-out", batch, psp_consumer.handler(_sqs_event(batch), None))
        return True

    def deliver_from_psp(self) -> None:
        """What the PSP has to say is posted to us and applied, now."""
        self._psp_works()
        self._consume("psp-in")

    def psp_says_again(self, reference: str) -> None:
        self.run(lambda: psp_service.repeat(reference, 1))

    def parked(self) -> list[Parked]:
        items = self.cloud.tables.items["orders"].items()
        return [parked_of(item) for (_, sk), item in items if sk == "PARKED"]

    def _receive(self, queue: str) -> list[Message]:
        waiting = self.cloud.queues.get(queue, [])
        poison = [each for each in waiting if each.receives >= MOST_RECEIVES and each.visible_at <= self.now]
        if poison:
            self.cloud.dead.setdefault(queue, []).extend(poison)
            self.cloud.queues[queue] = [each for each in waiting if each not in poison]
        visible = [message for message in self.cloud.queues.get(queue, []) if message.visible_at <= self.now][:10]
        for message in visible:
            message.receives += 1
            message.visible_at = self.now + SEEN_AGAIN
        return visible

    def _delete(self, queue: str, batch: list[Message], answer: Any) -> None:
        failed = {message.id for message in batch}
        if answer is not None:
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        done = {message.id for message in batch} - failed
        self.cloud.queues[queue] = [message for message in self.cloud.queues[queue] if message.id not in done]

    def _windows(self) -> bool:
        over = [each for each in self.cloud.executions.values() if not each.done and each.due_at <= self.now]
        for execution in over:
            answer = self.function("close_window", {"order_key": execution.order_key})
            execution.done = True  # a dead one is not tried again here: the sweep has to find what it left
            assert answer is None or answer["order_key"] == execution.order_key
        return bool(over)

    def _instants(self) -> Iterator[datetime]:
        for messages in self.cloud.queues.values():
            yield from (message.visible_at for message in messages)
        yield from (each.due_at for each in self.cloud.executions.values() if not each.done)
        swept = self._next_due()
        if swept is not None:
            yield max(swept, self.now)

    def _next_due(self) -> datetime | None:
        items = self.cloud.tables.items.get("orders", {}).values()
        due = [datetime.fromisoformat(item["due_at"]["S"]) for item in items if _is_due(item)]
        return min(due, default=None)

    def _swept_at(self) -> datetime | None:
        due = self._next_due()
        return due if due is not None and due <= self.now else None

    def psp_payments(self) -> dict[str, Any]:
        """What the PSP knows, by our payment ids."""
        items = self.cloud.tables.items.get("psp", {}).values()
        references = [item["pk"]["S"].removeprefix("PAYMENT#") for item in items if "document" in item]
        return {reference: psp_storage.find(reference) for reference in references}

    def instruments(self) -> dict[str, str]:
        """What we keep for shoppers: our tokens, and what each is."""
        items = self.cloud.tables.items.get("shoppers", {}).values()
        kept = [json.loads(item["instrument"]["S"]) for item in items if "instrument" in item]
        return {each["token"]: each.get("status", "PENDING") for each in kept}

    def psp_cards(self) -> list[str]:
        """What the PSP has stored, by our tokens."""
        items = self.cloud.tables.items.get("psp", {}).values()
        cards = [json.loads(item["card"]["S"]) for item in items if "card" in item]
        return [each["reference"] for each in cards if not each["deleted"]]


@cache
def _caches(_modules: int) -> list[Callable[[], None]]:
    """What our functions and the PSP's keep between two calls; made anew when a module was loaded."""
    names = ("tillgate.", "functions.")
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(names)]
    kept = {id(each): each for module in modules for each in vars(module).values() if hasattr(each, "cache_clear")}
    return [each.cache_clear for each in kept.values()]


def _cached(session: Session) -> Any:
    def get() -> Session:
        return session

    get.cache_clear = lambda: None  # type: ignore[attr-defined]
    return get


@contextmanager
def new_world(plan: dict[int, Fault] | None = None) -> Iterator[World]:
    """A world whose processes reach it and nothing else. `plan` strikes once the wire is watched."""
    world = World()
    world.wire.plan = plan or {}
    ours, theirs = Session(world.cloud, world.wire), Session(world.cloud, None)

    def request(_: object, method: str, url: str, **call: Any) -> Answer:
        asked = {name: call[name] for name in ("body", "headers") if call.get(name) is not None}
        place = f"http {method} {urlsplit(url).path}" if "psp" in url else f"http {method} {urlsplit(url).netloc}"
        if "tillgate.test" in url:  # the PSP calls us: not a call of ours
            return world.http(method, url, **asked)
        answer: Answer = world.wire.call(place, lambda: world.http(method, url, **asked))
        return answer

    def send(method: str, url: str, headers: dict[str, str], body: bytes | None, **_: object) -> int:
        return request(None, method, url, body=body, headers=headers).status

    with (
        patch.dict("os.environ", ENVIRONMENT),
        patch.object(store_client, "_session", _cached(ours)),
        patch("botocore.session.get_session", lambda: theirs),
        patch.object(wiring.System, "now", lambda _: world.tick()),
        patch.object(urllib3.PoolManager, "request", request),
        patch.object(importlib.import_module("functions.notify_merchant.app"), "send", send, create=True),
        patch.object(psp_api, "TOO_LATE_SECONDS", 0.0),
    ):
        world.forget()
        merchant = Merchant(
            MERCHANT,
            "Corner Shop",
            update_url="http://shop.test/update",
            methods={"card": "sandbox", "gift_card": "sandbox", "bank_redirect": "sandbox"},
        )
        wiring.system().merchants.save_merchant(merchant)
        try:
            yield world
        finally:
            world.forget()


def _is_due(item: dict[str, Any]) -> bool:
    return "due_shard" in item and str(item["due_shard"]["S"]).startswith(("DUE#", "PARKED", "INSTRUMENTS"))


def _sqs_event(batch: list[Message]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": each.id,
                "body": each.body,
                "receiptHandle": each.id,
                "attributes": {
                    "ApproximateReceiveCount": str(each.receives),
                    "SentTimestamp": str(int(time.time() * 1000)),
                },
            }
            for each in batch
        ]
    }


def _event(method: str, path: str, headers: dict[str, str], body: str, parameters: dict[str, str]) -> dict[str, Any]:
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters or None,
        "requestContext": {"requestId": "req-1", "stage": "v1", "path": path, "identity": {"sourceIp": "127.0.0.1"}},
        "body": body,
        "isBase64Encoded": False,
    }


__all__ = ["LAMBDA_ENDS", "LINKS", "MERCHANT", "World", "new_world"]

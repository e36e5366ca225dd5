"""The whole system in one process: our real functions, the real sandbox PSP, a cloud in memory, and time.

Each run of a function counts as a process of its own, whose memory is lost when it dies. The `engine` decides what
happens by itself, and when.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3
from botocore.exceptions import ReadTimeoutError

from functions.sandbox_psp.sandbox import http as psp_http
from functions.sandbox_psp.sandbox import service as psp_service
from functions.sandbox_psp.sandbox import storage as psp_storage
from proofs.crash import events
from proofs.crash.cloud import Answer, Cloud, Session
from proofs.crash.engine import Engine
from proofs.crash.processes import forget, joined
from proofs.crash.wire import Fault, Killed, Wire
from tests import tokens
from tests.handlers import handler_module, route_of
from tillgate import wiring
from tillgate.domain.merchants.account import SCOPES, Client, Merchant
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.orders.order import Order
from tillgate.store.orders.orders import Orders
from tillgate.store.psp.parked_notifications import Parked, parked_of
from tillgate.store.shared.keys import VENDOR_PAYMENT, aggregate_key

LAMBDA_ENDS = timedelta(seconds=61)  # no function lives longer
MERCHANT, CLIENT = "mer_1", "cli_1"
LIMIT = PayoutLimit(per_payout=4000, per_day=6000, approval_above=3000)
VENDORS = ("ven_1", "ven_2", "ven_3")
REFUSING = "ven_refusing"


class World:
    """One merchant, one PSP, any number of orders."""

    def __init__(self) -> None:
        self.cloud = Cloud(now=datetime.now(UTC).replace(microsecond=0))
        self.wire = Wire()
        self.engine = Engine(self)
        self.inbox: list[tuple[str, int]] = []  # reference and the order's version when the shop was told of it
        self.shop_status = 200
        self.psp_is_down = False
        self._whose = ""
        self.started_at = self.now

    @property
    def now(self) -> datetime:
        return self.cloud.now

    def tick(self) -> datetime:
        """The clock never returns the same instant twice."""
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

    def part_keys(self) -> list[str]:
        """The keys of all vendor payments."""
        items = self.cloud.tables.items.get("orders", {})
        return [aggregate_key(pk, sk) for pk, sk in items if sk.startswith(VENDOR_PAYMENT)]

    # Processes.

    def run(self, process: Callable[[], Any]) -> Any:
        """Runs a function's process; None if it died or failed. Its memory is lost afterwards."""
        try:
            return process()
        except (Killed, ReadTimeoutError):
            forget()
            return None

    def function(self, name: str, event: dict[str, Any]) -> Any:
        handler = handler_module(name).handler
        return self.run(lambda: handler(event, None))

    def api(
        self,
        function: str,
        body: object = None,
        *,
        key: str | None = None,
        method: str | None = None,
        **path: str,
    ) -> tuple[int, Any]:
        """A merchant's call. (0, None) if the process died: API Gateway would answer 502."""
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": self._whose + key} if key else {}
        method, resource = route_of(function, path, method)
        text = json.dumps(body) if body is not None else ""
        event = events.of_api(method, resource.format(**path), headers, text, path, resource)
        answer = self.function(function, event)
        if answer is None:
            return 0, None
        is_json = answer["headers"].get("Content-Type", "").endswith("json")
        return answer["statusCode"], json.loads(answer["body"]) if is_json else None

    def with_keys[Result](self, whose: str, calls: Callable[[], Result]) -> Result:
        """Calls made in this context have idempotency keys of their own."""
        before, self._whose = self._whose, whose
        try:
            return calls()
        finally:
            self._whose = before

    def _token(self) -> str:
        return tokens.issue(MERCHANT, CLIENT, datetime.now(UTC), SCOPES)

    # The network.

    def http(self, method: str, url: str, *, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        """The server behind that URL answers."""
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
        event = events.of_api(method, path, headers, body.decode(), {})
        answer = psp_http.handler(event, cast(Any, None))
        if b"tok_timeout" in body or b"acct_payout_timeout" in body:
            raise urllib3.exceptions.ReadTimeoutError(cast(Any, None), path, "too late")
        return Answer(answer["statusCode"], answer["body"].encode(), dict(answer["headers"]))

    def _ours(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Only PSPs call us over the network here."""
        event = events.of_api(method, path, headers, body.decode(), {"connector": path.split("/")[2]})
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
        """Lets promised work happen and time pass, until nothing is left to do before the horizon."""
        self.engine.settle(horizon)

    def pass_time(self, gap: timedelta) -> None:
        self.cloud.now += gap

    def deliver_from_psp(self) -> None:
        """Posts the PSP's notifications to us and applies them now."""
        self.engine.psp_works()
        self.engine.consume("psp-in")

    def psp_says_again(self, reference: str) -> None:
        self.run(lambda: psp_service.repeat(reference, 1))

    # What is there.

    def parked(self) -> list[Parked]:
        items = self.cloud.tables.items["orders"].items()
        return [parked_of(item) for (_, sk), item in items if sk == "PARKED"]

    def instruments(self) -> dict[str, str]:
        """The instruments that we store: our tokens and their statuses."""
        items = self.cloud.tables.items.get("shoppers", {}).values()
        kept = [json.loads(item["instrument"]["S"]) for item in items if "instrument" in item]
        return {each["token"]: each.get("status", "PENDING") for each in kept}

    def psp_cards(self) -> list[str]:
        """The cards that the PSP has stored, by our tokens."""
        items = self.cloud.tables.items.get("psp", {}).values()
        cards = [json.loads(item["card"]["S"]) for item in items if "card" in item]
        return [each["reference"] for each in cards if not each["deleted"]]

    def psp_payments(self) -> dict[str, Any]:
        """The PSP's payments, by our payment ids."""
        items = self.cloud.tables.items.get("psp", {}).values()
        references = [item["pk"]["S"].removeprefix("PAYMENT#") for item in items if "document" in item]
        return {reference: psp_storage.find(reference) for reference in references}


@contextmanager
def new_world(plan: dict[int, Fault] | None = None, world: World | None = None) -> Iterator[World]:
    """A world with one merchant and its vendors. The faults of `plan` apply once the wire is watched."""
    world = world or World()
    world.wire.plan = plan or {}
    with joined(world):
        methods = {"card": "sandbox", "gift_card": "sandbox", "bank_redirect": "sandbox"}
        methods |= {"bank_transfer": "offline"}
        merchant = Merchant(MERCHANT, "Corner Shop", update_url="http://shop.test/update", methods=methods)
        merchants = wiring.system().merchants
        merchants.create_merchant(replace(merchant, payout_limits={"EUR": LIMIT}))
        wiring.system().token_keys.publish_first(tokens.public_keys())
        merchants.create_client(Client(CLIENT, MERCHANT, (), SCOPES, known_to=("Olga",)))
        for vendor_id in (*VENDORS, REFUSING):
            merchants.create_vendor(
                Vendor(vendor_id, MERCHANT, vendor_id, psp_account=f"acct_{vendor_id.removeprefix('ven_')}")
            )
        yield world

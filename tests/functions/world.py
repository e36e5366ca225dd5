"""One deployment in a test: a clock that stands still, fixed ids, a scripted PSP, and calls made of `events/`.

world.call("create_order")                              # the sample event, with a valid token
world.call("capture_payment", {"amount": 2})            # with another body
world.call("get_order", token=world.token("mer_2"))
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests import tokens
from tests.functions.scripted_psp import ScriptedPsp
from tests.handlers import Route, handler_module, operations, route_of
from tillgate.connectors.host.credentials import IN_USE, Whose
from tillgate.connectors.host.psp import Line, Psp
from tillgate.connectors.v1 import Manifest
from tillgate.domain.merchants.account import SCOPES, Client, Merchant
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.merchants.token_keys import SealedTokenKey, TokenKeys
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.aws import client
from tillgate.store.merchants.accounts import of_client, of_merchant, of_vendor
from tillgate.store.merchants.items import Place
from tillgate.store.shared.documents import to_json
from tillgate.store.shared.packing import unpacked
from tillgate.wiring import System

EVENTS = Path(__file__).resolve().parent.parent.parent / "events"
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
ORDER_KEY = "ord_00000000000000000000000001"
MENU_KEY = "mk_00000000000000000000000001"
MENU_URL = f"https://api.example.com/v1/pay/{ORDER_KEY}?key={MENU_KEY}"
PAYMENT_ID = "pay_00000000000000000000000001_1"
FORM = "application/x-www-form-urlencoded"


def placed(account: Merchant | Vendor | Client) -> Place[Any]:
    """Where it is in the merchants table."""
    if isinstance(account, Merchant):
        return of_merchant(account.merchant_id)
    if isinstance(account, Vendor):
        return of_vendor(account.merchant_id, account.vendor_id)
    return of_client(account.client_id)


@cache
def _sample(name: str) -> str:
    return (EVENTS / f"{name}.json").read_text()


def sample(name: str) -> dict[str, Any]:
    """A sample event, fresh."""
    event: dict[str, Any] = json.loads(_sample(name))
    return event


def invoke(function: str, event: dict[str, Any]) -> dict[str, Any]:
    """Calls the function's handler. A call of the API comes by a route that leads to this operation and no other."""
    if "httpMethod" in event:
        assert operations()[Route(event["httpMethod"], event["resource"])] == function
    answer: dict[str, Any] = handler_module(function).handler(event, None)
    return answer


def called_by(event: dict[str, Any], operation: str) -> None:
    """Makes a call of another operation of it, with the same path parameters."""
    parameters = event["pathParameters"] or {}
    route = route_of(operation, parameters)
    event["httpMethod"], event["resource"] = route
    event["path"] = route.resource.format(**parameters)


@dataclass(frozen=True)
class Answer:
    """What API Gateway is given; header names in lower case."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text, parse_constant=lambda name: f"not JSON: {name}")

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of problem details."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.json["status"] == self.status
        return self.status, self.json["code"]

    @property
    def pointers(self) -> list[str]:
        return [error["pointer"] for error in self.json.get("errors", [])]


class FrozenSystem(System):
    """The system of the functions, with the test's clock and PSP. Calls take no time, however busy the machine is."""

    def __init__(self) -> None:
        self.time = NOON
        self.seconds = 0.0
        self.slowness = 0.0  # seconds that pass between two looks at the clock
        self.connectors: dict[str, Any] = {}
        self.lacks: frozenset[str] = frozenset()  # values that methods need and this deployment does not have
        self.__dict__["key_pairs"] = tokens.KeyPairs()

    def now(self) -> datetime:
        return self.time

    def clock(self) -> float:
        self.seconds += self.slowness
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.seconds += seconds
        self.time += timedelta(seconds=seconds)

    def manifest(self, name: str) -> Manifest:
        found: Manifest = self.connectors[name].manifest if name in self.connectors else super().manifest(name)
        return found

    def psp(self, name: str, merchant_id: str | None, mode: Whose = IN_USE) -> Psp:
        """A merchant's accounts may be scripted apart, as `acme test` and `acme live`."""
        connector = self.connectors.get(f"{name} {mode}", self.connectors[name])
        return Psp(self, self.manifest(name), merchant_id, lambda: Line(connector))

    def is_set_up(
        self, name: str, merchant_id: str | None, needs: frozenset[str] = frozenset(), mode: Whose = IN_USE
    ) -> bool:
        """A PSP that is scripted needs no credentials, unless its manifest names some."""
        if self.manifest(name).credentials:
            return super().is_set_up(name, merchant_id, needs, mode)
        return not needs & self.lacks

    def who_notifies(self, name: str, merchant_id: str | None) -> list[Mode | None]:
        return super().who_notifies(name, merchant_id) if self.manifest(name).credentials else [None]

    def mode_in_use(self, name: str, merchant_id: str) -> Mode | None:
        return super().mode_in_use(name, merchant_id) if self.manifest(name).credentials else None


@dataclass
class World:
    system: FrozenSystem = field(default_factory=FrozenSystem)
    psp: ScriptedPsp = field(default_factory=ScriptedPsp)
    pauses: list[float] = field(default_factory=list)  # seconds that would have been slept between tries

    def __post_init__(self) -> None:
        self.system.connectors["sandbox"] = self.psp

    def has_token_keys(self, keys: TokenKeys, private: Mapping[str, tokens.Private]) -> None:
        """The keys of access tokens, which the process has read already."""
        self._put("TOKEN_KEYS", "PUBLIC", keys)
        for kid, key in private.items():
            self._put("TOKEN_SIGNING_KEYS", kid, SealedTokenKey(kid, tokens.sealed(key)))
        self.system.token_keys.public(fresh=True)

    def passes(self, span: timedelta) -> None:
        self.system.time += span

    # Callers.

    def has_merchant(self, merchant_id: str = "mer_1", **fields: Any) -> None:
        methods = {"card": "sandbox", "gift_card": "sandbox", "bank_redirect": "sandbox"}
        given: dict[str, Any] = {"methods": methods, "payout_limits": {"EUR": PayoutLimit(10_000, 25_000)}}
        self.has(Merchant(merchant_id, "Ada", **given | fields))

    def has(self, account: Merchant | Vendor | Client) -> None:
        """Puts an account there, whatever was there before: only tests overwrite."""
        place = placed(account)
        self._put(place.pk, place.sk, account)

    def _put(self, pk: str, sk: str, value: object) -> None:
        item = {"pk": {"S": pk}, "sk": {"S": sk}, "document": {"S": to_json(value)}}
        client("dynamodb").put_item(TableName="MerchantsTable", Item=item)
        self.system.merchants.items._kept.pop((pk, sk), None)

    def token(self, merchant_id: str = "mer_1") -> str:
        return tokens.issue(merchant_id, "cli_1", datetime.now(UTC), SCOPES)

    # Calls.

    def event(
        self,
        name: str,
        body: object = None,
        *,
        token: str | None = "",
        key: str | None = None,
        headers: dict[str, str | None] | None = None,
        path: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The sample event with another body and so on. Without `key` it has no Idempotency-Key."""
        event = sample(name)
        given: dict[str, str | None] = {"Authorization": f"Bearer {token or self.token()}", "Idempotency-Key": key}
        if token is None:
            given["Authorization"] = None
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body)
        if event["body"] is not None:
            given["Content-Type"] = event["headers"].get("Content-Type", "application/json")
        given = event["headers"] | given | (headers or {})
        event["headers"] = {name: value for name, value in given.items() if value is not None}
        if path:
            event["pathParameters"] = (event["pathParameters"] or {}) | path
            event["path"] = event["resource"].format(**event["pathParameters"])
        if query is not None:
            event["queryStringParameters"] = query
            event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
        return event

    def call(self, name: str, body: object = None, *, function: str = "", **changes: Any) -> Answer:
        event = self.event(name, body, **changes)
        if function:
            called_by(event, function)
        answer = invoke(function or name, event)
        assert answer["isBase64Encoded"] is False
        lower = {header.lower(): value for header, value in answer["headers"].items()}
        return Answer(answer["statusCode"], lower, answer["body"])

    # How orders come about.

    def created(self, **fields: object) -> None:
        answer = self.call("create_order", {"order_reference": "A-1001", "amount": 4999, "currency": "EUR"} | fields)
        assert answer.status == 201, answer.text

    def started(self, *statuses: OperationStatus, **fields: object) -> str:
        """START, and what the PSP says to it; answers the payment's id."""
        self.psp.says(*statuses)
        answer = self.call("start_payment", {"method": "card", "instrument": {"token": "tok_visa"}} | fields)
        assert answer.status == 201, answer.text
        return str(answer.json["payment_id"])

    def paid(self, **fields: object) -> str:
        """An order with a payment that is authorized."""
        self.created(**fields)
        return self.started()

    # How things stand.

    def order(self, order_key: str = ORDER_KEY) -> Order:
        order = self.system.orders.load(order_key)
        assert order is not None
        return order

    def item(self, pk: str, sk: str, table: str = "OrdersTable") -> dict[str, Any] | None:
        answer = client("dynamodb").get_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def everything(self, table: str = "OrdersTable") -> list[dict[str, Any]]:
        """Every item, its documents readable; a call that changed nothing leaves it the same."""
        items: list[dict[str, Any]] = client("dynamodb").scan(TableName=table)["Items"]
        return sorted(map(unpacked, items), key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

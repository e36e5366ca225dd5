"""One deployment in a test: a clock that stands still, fixed ids, a scripted PSP, and calls made of `events/`.

world.call("create_order")                              # the sample event, with a valid token
world.call("capture_payment", {"amount": 2})            # with another body
world.call("get_order", token=world.token("mer_2"))
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.functions.scripted_psp import ScriptedPsp
from tests.handlers import Route, handler_module, operations, route_of
from tillgate.api.http import access_tokens
from tillgate.connectors.api import Capabilities, Connector
from tillgate.domain.merchants.account import SCOPES, Merchant
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime.aws import client
from tillgate.wiring import System

EVENTS = Path(__file__).resolve().parent.parent.parent / "events"
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
ORDER_KEY = "ord_00000000000000000000000001"
PAYMENT_ID = "pay_00000000000000000000000001_1"
FORM = "application/x-www-form-urlencoded"


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
        self.connectors: dict[str, Connector] = {}

    def now(self) -> datetime:
        return self.time

    def clock(self) -> float:
        self.seconds += self.slowness
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.seconds += seconds
        self.time += timedelta(seconds=seconds)

    def connector(self, name: str) -> Connector:
        return self.connectors[name]

    def capabilities(self, name: str) -> Capabilities:
        return self.connectors[name].capabilities


@dataclass
class World:
    system: FrozenSystem = field(default_factory=FrozenSystem)
    psp: ScriptedPsp = field(default_factory=ScriptedPsp)
    pauses: list[float] = field(default_factory=list)  # seconds that would have been slept between tries

    def __post_init__(self) -> None:
        self.system.connectors["sandbox"] = self.psp

    def passes(self, span: timedelta) -> None:
        self.system.time += span

    # Callers.

    def has_merchant(self, merchant_id: str = "mer_1", **fields: Any) -> None:
        methods = {"card": "sandbox", "gift_card": "sandbox", "bank_redirect": "sandbox"}
        given: dict[str, Any] = {"methods": methods, "payout_limits": {"EUR": PayoutLimit(10_000, 25_000)}}
        self.system.merchants.save_merchant(Merchant(merchant_id, "Ada", **given | fields))

    def token(self, merchant_id: str = "mer_1") -> str:
        return access_tokens.issue(merchant_id, "cli_1", datetime.now(UTC), SCOPES)

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
        """Every item; a call that changed nothing leaves it the same."""
        items: list[dict[str, Any]] = client("dynamodb").scan(TableName=table)["Items"]
        return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

"""What each flow costs: calls, DynamoDB units, transitions and messages, counted, and dollars a million (ONE-5).

The flows run in process with the real use cases and the real store against moto; a PSP that always agrees answers at
once. Units are computed from the sizes of the items, as AWS does: a write in a transaction counts double, a consistent
read one for each 4 KiB.
"""

import io
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import botocore.session
from moto import mock_aws

from tillgate.connectors.api import Authorization, Capabilities
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.order import Order, Terms
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Operation, OperationStatus
from tillgate.domain.payments.payment import Payment, Redirect
from tillgate.domain.psp.facts import Fact
from tillgate.domain.psp.settlement import Settled
from tillgate.store.orders.orders import Orders
from tillgate.store.shared.idempotency import Keys
from tillgate.use_cases.orders.create_order import create_order
from tillgate.use_cases.payments.capture_payment import capture_payment
from tillgate.use_cases.payments.payment_instruments import InstrumentRequest
from tillgate.use_cases.payments.refund_payment import refund_payment
from tillgate.use_cases.payments.start_payment import start_payment
from tillgate.use_cases.psp.return_shopper import return_shopper
from tillgate.use_cases.shared.changes import load
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

TABLE = "orders"
MERCHANT = Merchant("mer_bench", "Bench", methods={"card": "agreeing"})

# Dollars a million, us-east-1, as published.
PRICES = {
    "api requests": 3.50,
    "lambda requests": 0.20,
    "write units": 0.625,
    "read units": 0.125,
    "transitions": 25.0,
    "queue requests": 0.40,
}


@dataclass
class Bill:
    """What was used. `writes` and `reads` are calls, units are what is paid."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, **used: int) -> None:
        self.counts.update({name.replace("_", " "): number for name, number in used.items()})

    @property
    def dollars(self) -> float:
        return sum(self.counts[name] * price for name, price in PRICES.items())


class Agreeing:
    """A PSP that agrees to everything; with a redirect first where the token says so."""

    name = "agreeing"
    capabilities = Capabilities(methods=frozenset({"card"}))

    def __init__(self) -> None:
        self.approved: set[str] = set()

    def authorize(self, request: Authorization) -> list[Fact]:
        payment, operation = request.payment, request.operation
        if request.token == "3ds":  # noqa: S105 - the name of a test instrument
            self.approved.add(operation.operation_id)
            redirect = Redirect("https://psp.example/pay/1")
            return [
                Fact(payment.payment_id, operation.operation_id, OperationStatus.AWAITING_SHOPPER, redirect=redirect)
            ]
        return [Fact(payment.payment_id, operation.operation_id, OperationStatus.SUCCEEDED, brand="visa")]

    def perform(self, payment: Payment, operation: Operation) -> list[Fact]:
        return [Fact(payment.payment_id, operation.operation_id, OperationStatus.SUCCEEDED)]

    close = perform

    def ask(self, payment: Payment) -> list[Fact]:
        return [
            Fact(payment.payment_id, operation.operation_id, OperationStatus.SUCCEEDED)
            for operation in payment.operations
            if operation.operation_id in self.approved
        ]

    def verify(self, headers: object, body: bytes) -> None: ...

    def read_notification(self, body: bytes) -> list[Fact]:
        return []

    def read_settlements(self, body: bytes) -> list[Settled]:
        return []


class BenchSystem(System):
    def __init__(self, dynamodb: Any) -> None:
        self.orders = Orders(dynamodb, TABLE)
        self.keys = Keys(dynamodb, TABLE)
        self.api_url = "https://api.example/v1"
        self._connector = Agreeing()

    def clock(self) -> float:
        """Calls take no time: what they cost does not depend on the machine."""
        return 0.0

    def connector(self, name: str) -> Agreeing:
        return self._connector


def size(item: dict[str, Any]) -> int:
    """Bytes of an item, near enough to how DynamoDB counts them."""
    return sum(len(name) + len(json.dumps(value)) for name, value in item.items())


def watch(dynamodb: Any, bill: Bill) -> None:
    """Counts each DynamoDB call and its units; index writes count where an indexed attribute is set."""

    def written(action: dict[str, Any]) -> int:
        (kind, body) = next(iter(action.items()))
        names = body.get("ExpressionAttributeNames", {})
        values = body.get("Item") or {
            names.get(name.replace(":", "#"), name): value
            for name, value in body.get("ExpressionAttributeValues", {}).items()
        }
        units = 2 * math.ceil(size(values) / 1024)
        moved = 1 if kind == "Put" else 2  # an entry of an index is written, or one taken away and one written
        return units + (moved if "due_at" in values else 0) + (1 if kind == "Put" and "listed_at" in values else 0)

    def count(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems":
            bill.add(transactions=1, write_units=sum(map(written, params["TransactItems"])))
        elif model.name == "GetItem":
            bill.add(reads=1, read_units=1)
        else:
            bill.add(other_calls=1)

    dynamodb.meta.events.register("provide-client-params.dynamodb", count)


@contextmanager
def watched() -> Iterator[tuple[BenchSystem, Bill]]:
    with mock_aws():
        dynamodb: Any = botocore.session.Session().create_client(
            "dynamodb",
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106
        )
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        bill = Bill()
        watch(dynamodb, bill)
        yield BenchSystem(dynamodb), bill


def new_order(system: BenchSystem, bill: Bill, capture: Capture = Capture.MANUAL) -> Order:
    bill.add(api_requests=1, lambda_requests=1, transitions=3)  # and its window: a wait, a call, the end
    return create_order(
        system,
        MERCHANT,
        order_reference="shop-2026-000123",
        amount=4999,
        currency="EUR",
        capture=capture,
        window=timedelta(minutes=120),
        terms=Terms(return_urls={"success": "https://shop.example/thanks", "aborted": "https://shop.example/cart"}),
        guard=_no_key(system),
    )


def start(system: BenchSystem, bill: Bill, order: Order, token: str = "visa") -> str:  # noqa: S107
    bill.add(api_requests=1, lambda_requests=1)
    _announced(bill)
    arguments: dict[str, Any] = {
        "method": "card",
        "amount": None,
        "asked": InstrumentRequest(token),
        "return_url": None,
    }
    return start_payment(system, MERCHANT, order.order_key, **arguments, guard=_no_key(system))[1]


def capture(system: BenchSystem, bill: Bill, order: Order, payment_id: str) -> None:
    bill.add(api_requests=1, lambda_requests=1)
    _announced(bill)
    arguments: dict[str, Any] = {"amount": None, "final": None, "fee": 0, "guard": _no_key(system)}
    capture_payment(system, MERCHANT.merchant_id, order.order_key, payment_id, **arguments)


def refund(system: BenchSystem, bill: Bill, order: Order, payment_id: str) -> None:
    bill.add(api_requests=1, lambda_requests=1)
    _announced(bill)
    arguments: dict[str, Any] = {"amount": None, "reason": None, "guard": _no_key(system)}
    refund_payment(system, MERCHANT.merchant_id, order.order_key, payment_id, **arguments)


def status(system: BenchSystem, bill: Bill, order: Order) -> None:
    bill.add(api_requests=1, lambda_requests=1)
    load(system, order.order_key, MERCHANT.merchant_id)


def comes_back(system: BenchSystem, bill: Bill, payment_id: str) -> None:
    bill.add(api_requests=1, lambda_requests=1, transitions=3)  # with the window of the redirect
    _announced(bill)
    return_shopper(system, "agreeing", payment_id)


def _announced(bill: Bill) -> None:
    """One announcement: the stream's function, a message in and out, the notifying function, its mark taken away."""
    bill.add(lambda_requests=2, queue_requests=3, write_units=2)


def _no_key(system: BenchSystem) -> IdempotencyGuard:
    return IdempotencyGuard(None, system.keys, lambda order, subject: (200, ""))


def direct(system: BenchSystem, bill: Bill) -> None:
    order = new_order(system, bill)
    payment_id = start(system, bill, order)
    status(system, bill, order)
    capture(system, bill, order, payment_id)


def direct_and_refund(system: BenchSystem, bill: Bill) -> None:
    order = new_order(system, bill)
    payment_id = start(system, bill, order)
    status(system, bill, order)
    capture(system, bill, order, payment_id)
    refund(system, bill, order, payment_id)


def debit(system: BenchSystem, bill: Bill) -> None:
    order = new_order(system, bill, Capture.AUTO)
    start(system, bill, order)
    status(system, bill, order)


def redirect(system: BenchSystem, bill: Bill) -> None:
    order = new_order(system, bill)
    payment_id = start(system, bill, order, "3ds")
    comes_back(system, bill, payment_id)
    status(system, bill, order)
    capture(system, bill, order, payment_id)


def only_a_status(system: BenchSystem, bill: Bill) -> None:
    order = new_order(system, bill)
    bill.counts.clear()
    status(system, bill, order)


FLOWS: dict[str, Callable[[BenchSystem, Bill], None]] = {
    "a status": only_a_status,
    "create, debit, status": debit,
    "create, authorize, status, capture": direct,
    "create, redirect, return, status, capture": redirect,
    "create, authorize, status, capture, refund": direct_and_refund,
}


def bills() -> dict[str, Bill]:
    """The bill of each flow."""
    found = {}
    for name, flow in FLOWS.items():
        with redirect_stdout(io.StringIO()), watched() as (system, bill):
            flow(system, bill)
            found[name] = bill
    return found


def report() -> str:
    columns = ("reads", "transactions", "read units", "write units", "lambda requests", "queue requests", "transitions")
    lines = [
        "What a flow costs (dollars a million flows, without Lambda's time and logs)",
        "",
        "| flow | " + " | ".join(columns) + " | USD |",
        "| --- |" + " ---: |" * (len(columns) + 1),
    ]
    for name, bill in bills().items():
        cells = " | ".join(str(bill.counts[column]) for column in columns)
        lines.append(f"| {name} | {cells} | {bill.dollars:.2f} |")
    return "\n".join(lines)

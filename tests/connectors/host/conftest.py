"""A connector that does what a test says, behind the core's side of the API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from tests.domain.builders import Story
from tillgate.connectors.host.cases import Means
from tillgate.connectors.host.http import Breaker, PspHttp
from tillgate.connectors.host.psp import Line, Psp
from tillgate.connectors.v1 import Can, Case, Fact, Look, Manifest, NoAnswer, NotSent, Op, Sent
from tillgate.domain.orders.order import Order
from tillgate.domain.psp import facts as domain
from tillgate.domain.shared.modes import Mode

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
MANIFEST = Manifest(
    name="acme",
    title="Acme",
    load="acme:Acme",
    methods={"card": Can(inputs=frozenset({"token"}))},
    hosts=frozenset({"acme.example"}),
)


class NoMerchants:
    """No merchant has an account of its own."""

    def find(self, merchant_id: str, connector: str) -> None:
        return None

    def decrypt(self, sealed: str, merchant_id: str, purpose: str | None = None, **more: str) -> str:
        raise AssertionError("nothing is sealed here")

    def of_connector(self, connector: str) -> list[tuple[str, Mode]]:
        return []


class Around:
    api_url = "https://api.example.com/v1"
    connections = seal = NoMerchants()

    def now(self) -> datetime:
        return NOON

    def clock(self) -> float:
        return 0.0


class Requests(PspHttp):
    """Counts what a connector sends, and answers 200; `fails` says with what the next requests fail."""

    def __init__(self) -> None:
        super().__init__(MANIFEST.hosts, "", Breaker(lambda: 0.0), lambda: 0.0)
        self.fails: list[Exception | None] = []

    def _send(self, *_: Any) -> tuple[int, bytes]:
        error = self.fails.pop(0) if self.fails else None
        if error:
            raise error
        return 200, b"{}"


@dataclass
class Acme:
    """Every call does `does`, with the case and the operation."""

    http: Requests
    does: Callable[[Case, Any], Any] = lambda _case, _op: []
    cases: list[Case] = field(default_factory=list)
    manifest: ClassVar[Manifest] = MANIFEST

    def start(self, case: Case, op: Op) -> list[Fact]:
        return self._do(case, op)

    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        return self._do(case, back)

    def perform(self, case: Case, op: Op) -> list[Fact]:
        return self._do(case, op)

    def close(self, case: Case, op: Op) -> list[Fact]:
        return self._do(case, op)

    def ask(self, case: Case) -> list[Fact] | None:
        return self._do(case, None)

    def receive(self, sent: Sent) -> list[Fact | Look]:
        told: list[Fact | Look] = self.does(None, sent)  # type: ignore[arg-type]
        return told

    def _do(self, case: Case, op: Any) -> list[Fact]:
        self.cases.append(case)
        told: list[Fact] = self.does(case, op)
        return told

    def sends(self) -> None:
        self.http("POST", "https://acme.example/", {}, b"")


@pytest.fixture
def acme() -> Acme:
    return Acme(Requests())


@pytest.fixture
def psp(acme: Acme) -> Psp:
    return Psp(Around(), MANIFEST, "mer_1", lambda: Line(acme, acme.http))


@pytest.fixture
def order() -> Order:
    """An order of 3.00 whose card payment is being authorized."""
    story = Story(300)
    story.start("card")
    return story.order


def authorize(psp: Psp, order: Order) -> list[domain.Fact]:
    payment = order.payments[0]
    return psp.authorize(order, payment, payment.authorization, Means(instrument={"token": "tok_1"}))


__all__ = ["NoAnswer", "NotSent"]

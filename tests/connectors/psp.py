"""The sandbox PSP's own application behind the little of urllib3 that the connector uses: its real protocol."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

import urllib3

from tests.sandbox_psp.support import CREDENTIALS, PSP_URL, invoke
from tillgate.connectors.api import Authorization
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
TYPES = OperationType


@dataclass(frozen=True)
class Response:
    status: int
    data: bytes


@dataclass
class InProcess:
    """Calls the application. `loses` says of which path the answer is lost on its way, `answers` makes one up."""

    sent: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    loses: str | None = None
    answers: Response | Exception | None = None

    def request(self, method: str, url: str, *, body: bytes, headers: dict[str, str], **_: Any) -> Response:
        assert url.startswith(PSP_URL)
        path = urlsplit(url.removeprefix(PSP_URL)).path
        self.sent.append((method, path, headers))
        if isinstance(self.answers, Exception):
            raise self.answers
        if self.answers:
            return self.answers
        answer = invoke(method, path, headers, body)
        if path == self.loses:
            raise urllib3.exceptions.ReadTimeoutError(cast(Any, None), url, "timed out")
        return Response(answer.status, answer.text.encode())


def connector(http: InProcess, secret: str = CREDENTIALS.secret) -> SandboxConnector:
    return SandboxConnector(PSP_URL + "/", CREDENTIALS.key_id, secret, cast(urllib3.PoolManager, http))


def payment(payment_id: str = "pay_1", *, capture: Capture = Capture.MANUAL, method: str = "card") -> Payment:
    return Payment(
        payment_id=payment_id,
        method=method,
        connector="sandbox",
        amount=4999,
        capture=capture,
        status=PaymentStatus.PROCESSING,
        created_at=NOON,
        updated_at=NOON,
        operations=(operation(OperationType.AUTHORIZE, 1),),
    )


def operation(kind: OperationType, number: int, amount: int = 4999, *, final: bool = False) -> Operation:
    return Operation(f"pay_1_{number}", kind, amount, OperationStatus.REQUESTED, NOON, Actor.MERCHANT, final=final)


def authorization(
    token: str | None = "tok_visa",  # noqa: S107 - no password
    *,
    amount: int = 4999,
    account: str | None = None,
    capture: Capture = Capture.MANUAL,
    method: str = "card",
) -> Authorization:
    return Authorization(
        payment=payment(capture=capture, method=method),
        operation=operation(OperationType.AUTHORIZE, 1, amount),
        currency="EUR",
        token=token,
        account=account,
        return_url="http://127.0.0.1:4566/return/pay_1",
        notification_url="http://127.0.0.1:9/notifications",
    )

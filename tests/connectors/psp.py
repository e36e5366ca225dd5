"""The sandbox PSP's own application behind the HTTP client that a connector gets: its real protocol."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.sandbox_psp.support import CREDENTIALS, invoke
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.connectors.v1 import Case, Kind, NoAnswer, NotSent, Op, Outcome, Sent

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


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

    def __call__(self, method: str, url: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.hostname}" == "https://psp.sandbox"
        self.sent.append((method, parts.path, dict(headers)))
        if isinstance(self.answers, Exception):
            raise self.answers
        if self.answers:
            return self.answers.status, self.answers.data
        answer = invoke(method, parts.path, dict(headers), body)
        if parts.path == self.loses:
            raise NoAnswer("timed out")
        return answer.status, answer.text.encode()


def connector(http: InProcess, secret: str = CREDENTIALS.secret) -> SandboxConnector:
    return SandboxConnector({"key_id": CREDENTIALS.key_id, "secret": secret}, http, lambda: NOON)


def case(payment_id: str = "pay_1", token: str | None = None, **fields: Any) -> Case:
    """A payment of 49.99 EUR that is being authorized."""
    amount = fields.pop("amount", 4999)
    given: dict[str, Any] = {
        "id": payment_id,
        "merchant": "mer_1",
        "order_reference": "A-1001",
        "method": "card",
        "amount": amount,
        "currency": "EUR",
        "created_at": NOON,
        "return_url": "http://127.0.0.1:4566/return/pay_1",
        "notify_url": "http://127.0.0.1:9/notifications",
        "ops": (op(Kind.AUTHORIZE, 1, amount),),
        "instrument": {"token": token} if token else None,
    }
    return Case(**given | fields)


def op(kind: Kind, number: int, amount: int = 4999, *, final: bool = False) -> Op:
    return Op(id=f"pay_1_{number}", kind=kind, amount=amount, requested_at=NOON, final=final)


def registration(token: str, shopper: str, psp_token: str = "tok_visa", method: str = "card") -> Case:  # noqa: S107
    setup = Op(id=token, kind=Kind.SETUP, amount=0, requested_at=NOON)
    return replace(
        case(token, psp_token, method=method), amount=0, ops=(setup,), saves_as=token, shopper={"key": shopper}
    )


def start(psp: SandboxConnector, of: Case) -> Any:
    """The facts about its first operation; None where the answer says nothing."""
    return _told(lambda: psp.start(of, of.ops[0]))


def perform(psp: SandboxConnector, operation: Op, of: Case | None = None) -> Any:
    return _told(lambda: psp.perform(of or case(), operation))


def close(psp: SandboxConnector, operation: Op, of: Case | None = None) -> Any:
    return _told(lambda: psp.close(of or case(), operation))


def _told(call: Any) -> Any:
    """As the core takes it: what escapes, or is UNKNOWN, is no word."""
    try:
        facts = call()
    except (NoAnswer, NotSent):
        return None
    return None if [each.outcome for each in facts] == [Outcome.UNKNOWN] else facts


def notification(body: bytes, headers: dict[str, str]) -> Sent:
    return Sent(headers=headers, body=body)

"""The description of one route, and what most routes share."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

READ, WRITE, ACCOUNT = "orders:read", "orders:write", "account:write"


@dataclass(frozen=True, slots=True)
class Route:
    """`answers`: schema by status (`Order`, `list of Order`, none). `refusals`: problem codes by status, in addition to
    those that are derived: 401 and 403 from the scope, 404 from a key in the path, 400, 413, 415, 422 from a body."""

    method: str
    path: str
    name: str
    tag: str
    summary: str
    says: str
    answers: dict[int, str | None]
    scope: str | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    refusals: dict[int, tuple[str, ...]] | None = None
    example: dict[str, Any] | None = None
    idempotent: bool = False  # takes an Idempotency-Key
    versioned: bool = False  # takes If-Match


BUSY = ("concurrent_request",)
CHANGING = {409: ("operation_not_allowed", *BUSY)}
LARGE = ("order_too_large",)
AMOUNT = ("amount_exceeds_available", *LARGE)
PAYMENT = "/orders/{order_key}/payments/{payment_id}"


def change(name: str, path: str, summary: str, says: str, body: type[BaseModel], **more: Any) -> Route:
    """A POST that changes an order or one of its payments."""
    more = {"refusals": CHANGING, "idempotent": True, "versioned": True, "method": "post", **more}
    return Route(path=path, name=name, summary=summary, says=says, scope=WRITE, body=body, **more)


def read(name: str, path: str, tag: str, summary: str, says: str, answer: str, **more: Any) -> Route:
    return Route("get", path, name, tag, summary, says, {200: answer}, scope=READ, **more)

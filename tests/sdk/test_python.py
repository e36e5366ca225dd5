"""The hand-written layer of the Python SDK: tokens, repetitions, problems, pages, notifications (GO-12)."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from tests.template.reading import ROOT
from tillgate_sdk import AsyncTillgate, InvalidSignature, NoAnswer, Problem, Tillgate, __version__, problems, verify
from tillgate_sdk.exchange import Exchange
from tillgate_sdk.problems import BY_CODE
from tools.api.openapi import VERSION
from tools.errors import CODES
from tools.sdk.calls import calls

API = "https://tillgate.example.com/v1"
TERMS: Any = {"order_reference": "A-1", "amount": 4999, "currency": "EUR"}
type Answers = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers what it is given, in turn; the token is `t1`, then `t2`."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.tokens = 0
        self.instead_of_tokens: list[httpx.Response | Exception] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/auth/token":
            if self.instead_of_tokens:
                return self._given(self.instead_of_tokens.pop(0))
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"t{self.tokens}", "expires_in": 3600})
        self.requests.append(request)
        return self._given(self.answers.pop(0))

    def _given(self, answer: httpx.Response | Exception) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)

    @property
    def keys(self) -> list[str | None]:
        return [request.headers.get("Idempotency-Key") for request in self.requests]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []

    async def later(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("tillgate_sdk.caller.time.sleep", pauses.append)
    monkeypatch.setattr("tillgate_sdk.caller.asyncio.sleep", later)
    return pauses


def create(server: Server, is_async: bool, **more: Any) -> Any:
    """The same call with both clients."""
    if not is_async:
        with Tillgate(API, "id", "secret", transport=httpx.MockTransport(server)) as tillgate:
            return tillgate.create_order(TERMS, **more)

    async def run() -> Any:
        async with AsyncTillgate(API, "id", "secret", transport=httpx.MockTransport(server)) as tillgate:
            return await tillgate.create_order(TERMS, **more)

    return asyncio.run(run())


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": "no"}, headers=headers)


DONE = httpx.Response(201, json={"order_key": "ord_1"})
both = pytest.mark.parametrize("is_async", [False, True])


@both
def test_a_token_is_fetched_once_and_a_key_is_made(is_async: bool) -> None:
    server = Server(DONE)
    assert create(server, is_async) == {"order_key": "ord_1"}
    (request,) = server.requests
    assert (request.method, str(request.url), json.loads(request.content)) == ("POST", f"{API}/orders", TERMS)
    assert request.headers["Authorization"] == "Bearer t1"
    assert len(str(server.keys[0])) == 36


@both
@pytest.mark.parametrize(
    "first",
    [
        httpx.ConnectError("down"),
        httpx.ReadTimeout("slow"),
        problem(503, "psp_unavailable"),
        problem(503, "service_unavailable", **{"Retry-After": "7"}),
        problem(500, "internal_error"),
        problem(504, "internal_error"),
        problem(429, "too_many_requests", **{"Retry-After": "7"}),
        problem(409, "concurrent_request", **{"Retry-After": "1"}),
        httpx.Response(502, text="<html>"),
    ],
)
def test_it_is_repeated_with_the_same_key(first: Any, is_async: bool, no_pauses: list[float]) -> None:
    server = Server(first, DONE)
    assert create(server, is_async, idempotency_key="mine") == {"order_key": "ord_1"}
    assert server.keys == ["mine", "mine"]
    asked = 7 if isinstance(first, httpx.Response) and first.headers.get("Retry-After") == "7" else 0
    assert no_pauses[0] >= asked


@both
def test_a_token_that_has_ended_is_renewed_once(is_async: bool) -> None:
    server = Server(problem(401, "unauthorized"), DONE)
    assert create(server, is_async) == {"order_key": "ord_1"}
    assert [request.headers["Authorization"] for request in server.requests] == ["Bearer t1", "Bearer t2"]
    with pytest.raises(problems.Unauthorized):
        create(Server(problem(401, "unauthorized"), problem(401, "unauthorized")), is_async)


@both
@pytest.mark.parametrize("first", [httpx.ConnectError("down"), problem(503, "service_unavailable")])
def test_a_request_for_a_token_is_repeated_too(first: Any, is_async: bool, no_pauses: list[float]) -> None:
    server = Server(DONE)
    server.instead_of_tokens = [first, first, first]
    assert create(server, is_async) == {"order_key": "ord_1"}
    assert (len(no_pauses), len(server.requests)) == (3, 1)
    server.instead_of_tokens = [first] * 4
    with pytest.raises(NoAnswer if isinstance(first, Exception) else problems.ServiceUnavailable):
        create(server, is_async)


@both
def test_wrong_credentials_are_not_sent_again(is_async: bool, no_pauses: list[float]) -> None:
    server = Server()
    server.instead_of_tokens = [problem(401, "unauthorized")]
    with pytest.raises(problems.Unauthorized):
        create(server, is_async)
    assert (server.tokens, no_pauses) == (0, [])


@both
def test_what_cannot_succeed_is_not_repeated(is_async: bool) -> None:
    body = {"code": "invalid_request", "detail": "no", "errors": [{"pointer": "/amount", "detail": "is required"}]}
    server = Server(httpx.Response(422, json=body))
    with pytest.raises(problems.InvalidRequest) as refused:
        create(server, is_async)
    assert (refused.value.status, refused.value.errors[0]["pointer"]) == (422, "/amount")
    assert "is required" in str(refused.value)
    with pytest.raises(problems.DuplicateReference):
        create(Server(problem(409, "duplicate_reference")), is_async)
    with pytest.raises(Problem) as unknown:
        create(Server(problem(422, "a_code_of_tomorrow")), is_async)
    assert unknown.value.code == "a_code_of_tomorrow"


@both
def test_no_answer_tells_the_key(is_async: bool) -> None:
    server = Server(*[httpx.ConnectError("down")] * 4)
    with pytest.raises(NoAnswer) as lost:
        create(server, is_async)
    assert len(set(server.keys)) == 1
    assert lost.value.idempotency_key == server.keys[0]


def test_a_call_without_a_key_is_sent_once() -> None:
    server = Server(httpx.ConnectError("down"), DONE)
    exchange = Exchange("PUT", "/account/time-zone")
    with Tillgate(API, "id", "secret", transport=httpx.MockTransport(server)) as tillgate, pytest.raises(NoAnswer):
        tillgate._send(exchange)
    assert len(server.requests) == 1


@both
def test_a_list_goes_over_all_pages(is_async: bool) -> None:
    pages = [
        httpx.Response(200, json={"items": [{"order_key": "a"}, {"order_key": "b"}], "next_cursor": "c/1"}),
        httpx.Response(200, json={"items": [{"order_key": "c"}], "next_cursor": None}),
    ]
    server = Server(*pages)

    async def run() -> list[str]:
        async with AsyncTillgate(API, "id", "secret", transport=httpx.MockTransport(server)) as tillgate:
            return [order["order_key"] async for order in tillgate.list_orders(status="PAID")]

    if is_async:
        found = asyncio.run(run())
    else:
        with Tillgate(API, "id", "secret", transport=httpx.MockTransport(server)) as tillgate:
            found = [order["order_key"] for order in tillgate.list_orders(status="PAID")]
    assert found == ["a", "b", "c"]
    assert [request.url.query.decode() for request in server.requests] == ["status=PAID", "status=PAID&cursor=c%2F1"]


def test_a_key_is_one_segment_of_the_path() -> None:
    server = Server(httpx.Response(200, json={}))
    with Tillgate(API, "id", "secret", transport=httpx.MockTransport(server)) as tillgate:
        tillgate.get_order("../account?x")
    assert server.requests[0].url.raw_path == b"/v1/orders/..%2Faccount%3Fx"


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def notification(body: str, at: int = 1_000_000) -> dict[str, str]:
    from datetime import UTC, datetime

    signature = Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(at, UTC), body)
    return {"Webhook-Id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": f"v1,AAAA {signature}"}


def test_a_notification_is_verified() -> None:
    """Against the library of Standard Webhooks."""
    body = json.dumps({"type": "order.updated", "data": {"order_key": "ord_1"}})
    assert verify(SECRET, notification(body), body, now=1_000_299)["data"]["order_key"] == "ord_1"
    assert verify(SECRET, notification(body), body.encode(), now=999_701)["type"] == "order.updated"


@pytest.mark.parametrize(
    ("change", "body", "now"),
    [
        ({}, '{"type": "other"}', 1_000_000),
        ({}, "{}", 1_000_301),
        ({}, "{}", 999_699),
        ({"webhook-timestamp": "1000001"}, "{}", 1_000_000),
        ({"Webhook-Id": "msg_2"}, "{}", 1_000_000),
        ({"webhook-signature": "v1,"}, "{}", 1_000_000),
        ({"webhook-signature": "v1,\u00e9"}, "{}", 1_000_000),
        ({"webhook-signature": ""}, "{}", 1_000_000),
        ({"webhook-timestamp": "soon"}, "{}", 1_000_000),
    ],
)
def test_what_is_not_ours_is_refused(change: dict[str, str], body: str, now: int) -> None:
    with pytest.raises(InvalidSignature):
        verify(SECRET, notification("{}") | change, body, now=now)


def test_headers_that_are_missing_are_refused() -> None:
    with pytest.raises(InvalidSignature):
        verify(SECRET, {}, "{}")


def test_every_call_and_every_code_is_there() -> None:
    for each in calls():
        for client in (Tillgate, AsyncTillgate):
            method = getattr(client, each.name)
            assert method.__doc__.startswith(each.summary)
            assert ("idempotency_key" in inspect.signature(method).parameters) == each.idempotent
    assert set(BY_CODE) == set(CODES)


def test_the_version_is_that_of_the_description_and_the_shop_is_short() -> None:
    assert __version__ == VERSION
    assert len((ROOT / "sdk" / "python" / "example" / "shop.py").read_text().splitlines()) < 60

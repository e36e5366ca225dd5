"""What strangers send to the routes that need no token: always an answer, never a 5xx, and no money moves."""

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from functions.payments.menu.pages import http
from tests.functions.menu_calls import POSTS, ROUTES
from tests.functions.scripted_psp import offline
from tests.functions.world import FORM, MENU_KEY, ORDER_KEY, PAYMENT_ID, World, sample
from tests.handlers import Route, handler_module, operations
from tests.menu_forms import carried
from tillgate.domain.payments.operations import OperationStatus

RETURN = "/psp/{connector}/return/{payment_id}"
TOLD = "/psp/{connector}/notifications"
CALLS = [
    *ROUTES,
    ("GET", "/pay/static/{file}"),
    ("GET", RETURN),
    ("POST", RETURN),
    ("POST", TOLD),
    ("POST", TOLD + "/{merchant_id}"),
    ("POST", "/auth/token"),
]
GOOD = {
    "order_key": [ORDER_KEY, "ord_#1", "ord_" + "0" * 26, "static", "x" * 3000],
    "payment_id": [
        PAYMENT_ID,
        PAYMENT_ID[:-1] + "9" * 5000,
        "pay_" + "x" * 3000 + "_1",
        "ins_x_y",
        "ins_" + "x" * 3000,
    ],
    "connector": ["sandbox", "stripe", "offline", "nobody", "x" * 3000],
    "merchant_id": ["mer_1", "mer_9", "x" * 3000],
    "file": ["menu.css", "theme-0b5c47.css", "../app.py", "fields-../x.js", "x" * 3000],
}
DIGITS = ["9" * 5000, "-" + "9" * 5000, "0", "1e999", "٤٩", "\0", ""]
TEXT = st.text(max_size=40)
WORD = st.one_of(TEXT, st.sampled_from([*DIGITS, MENU_KEY, "card", "gift_card", "card:ins_x_y", "x" * 20_000]))
NAMES = st.sampled_from(
    [
        "key",
        "notice",
        "before",
        "part",
        "method",
        "save",
        "bank",
        "number",
        "version",
        "amount",
        "currency",
        "back",
        "instrument[token]",
        "merchant_id",
        "grant_type",
        "client_id",
    ]
)
FIELDS = st.dictionaries(st.one_of(NAMES, TEXT), WORD, max_size=6)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Accept",
            "Accept-Language",
            "Content-Type",
            "Cookie",
            "Origin",
            "Sec-Fetch-Site",
            "If-Match",
            "Authorization",
            "Sandbox-Timestamp",
            "Sandbox-Signature",
            "Stripe-Signature",
            "Idempotency-Key",
            "X-Forwarded-For",
        ]
    ),
    st.one_of(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40), st.sampled_from(DIGITS[:2])),
    max_size=4,
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
BODIES = st.one_of(
    st.none(),
    st.binary(max_size=200),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.lists(st.tuples(NAMES, WORD), max_size=70).map(lambda pairs: "&".join(f"{k}={v}" for k, v in pairs).encode()),
    st.sampled_from(
        ["9" * 5000, "[" * 3000, "&" * 60, "a=1&" * 60, "a" * 150_000, '{"payment":' + "9" * 5000 + "}"]
    ).map(str.encode),
)


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    method, resource = draw(st.sampled_from(CALLS))
    path = {
        name: draw(st.one_of(st.sampled_from(values), st.text(min_size=1, max_size=60)))
        for name, values in GOOD.items()
        if f"{{{name}}}" in resource
    }
    query = draw(FIELDS)
    if draw(st.booleans()):
        query = {"key": MENU_KEY} | query
    return call(method, resource, path, query, draw(HEADERS), draw(BODIES))


def call(
    method: str, resource: str, path: dict[str, str], query: dict[str, str], headers: dict[str, str], body: bytes | None
) -> dict[str, Any]:
    event = sample("get_order") | {"httpMethod": method, "resource": resource, "pathParameters": path or None}
    event["path"] = resource.format_map(path)
    headers = {"Content-Type": FORM, "Host": "api.example.com"} | headers
    event |= {"headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()}}
    event["queryStringParameters"] = query or None
    event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()} or None
    event["body"] = base64.b64encode(body).decode() if body is not None and method == "POST" else None
    event["isBase64Encoded"] = event["body"] is not None
    return event


def answered(event: dict[str, Any]) -> dict[str, Any]:
    name = operations()[Route(event["httpMethod"], event["resource"])]
    handler = http.handler if name == "menu" else handler_module(name).handler
    answer: dict[str, Any] = handler(event, None)
    return answer


@pytest.fixture
def order(world: World) -> World:
    world.system.connectors["offline"] = offline()
    world.created()
    world.started(OperationStatus.AWAITING_SHOPPER)
    return world


MANY_FIELDS = "&".join(f"f{number}=1" for number in range(60)).encode()


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(event=calls())
@example(event=call("POST", "/auth/token", {}, {}, {}, b"0=x"))
@example(event=call("POST", "/pay/{order_key}", {"order_key": ORDER_KEY}, {"key": MENU_KEY}, {}, MANY_FIELDS))
@example(event=call("GET", "/pay/{order_key}", {"order_key": "x" * 3000}, {"key": MENU_KEY}, {}, None))
@example(event=call("GET", RETURN, {"connector": "sandbox", "payment_id": f"pay_{'x' * 3000}_1"}, {}, {}, None))
@example(
    event=call("GET", RETURN, {"connector": "sandbox", "payment_id": "ins_x_y"}, {"merchant_id": "x" * 3000}, {}, None)
)
def test_a_stranger_makes_no_error_of_ours(order: World, event: dict[str, Any]) -> None:
    answer = answered(event)
    assert answer["statusCode"] < 500, (event["resource"], event["pathParameters"], answer)
    assert order.order().covered == 0


@pytest.mark.parametrize("number", [49, 50, 51, 60, 5000])
@pytest.mark.parametrize("resource", POSTS)
def test_a_form_with_too_many_fields_says_nothing(world: World, resource: str, number: int) -> None:
    """It is not parsed: such a form is one that is outdated."""
    world.created()
    fields = carried(world.order()) | {"method": "card"} | {f"f{each}": "1" for each in range(number - 5)}
    body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
    event = call("POST", resource, {"order_key": ORDER_KEY}, {"key": MENU_KEY}, {}, body)
    before = world.everything()
    assert answered(event)["statusCode"] == 303
    assert (world.everything() == before) == (number > 50)


@pytest.mark.parametrize("version", ["9" * 5000, "1" * 10, "0" * 5000 + "1"])
def test_a_version_with_many_digits_is_none_that_there_is(world: World, version: str) -> None:
    world.created()
    answer = world.call("update_order", {"metadata": {}}, headers={"If-Match": f'"{version}"'})
    assert answer.refusal == (412, "precondition_failed")

"""Each described call refuses each wrong caller (RG-9): without a token, with a bad or an old one, of another merchant,
without the scope, suspended. The table of calls is the API's own description."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.flows.client import Answer, Merchant, eventually, send
from tests.flows.minting import Mint, mint
from tests.flows.operators import Operators
from tests.tokens import private_key, public
from tools.api.routes import ROUTES
from tools.api.routes.route import Route

pytestmark = pytest.mark.flow

CALLS = [route for route in ROUTES if route.scope]
IDS = [route.name for route in CALLS]


@pytest.fixture(scope="module")
def keys(aws: Callable[[str], Any], resources: dict[str, str], merchant: Merchant) -> Mint:
    assert merchant.token  # the first token makes the first key
    return mint(aws, resources)


@pytest.fixture(scope="module")
def path_of(merchant: Merchant) -> dict[str, str]:
    """What the merchant has and others must not find. A route with a key that is not here fails every test of it."""
    order = merchant.order()
    payment = merchant.try_start(order).expect(201)
    key = order["order_key"].removeprefix("ord_")
    shopper = merchant.call("POST", "/shoppers", {}).expect(201)["shopper_key"]
    card = {"shopper_key": shopper, "method": "card", "instrument": {"token": "tok_visa"}}
    prize = {"payout_reference": key[:20], "amount": 1, "currency": "EUR", "instrument": {"token": "tok_visa"}}
    return {
        "order_key": order["order_key"],
        "payment_id": payment["payment_id"],
        "id": f"ntf_{key}_2_00000000",
        "day": order["created_at"][:10],
        "method": "card",
        "connector": "sandbox",
        "vendor_id": merchant.account["vendors"][0],
        "split_id": "spl_00000000",
        "shopper_key": shopper,
        "token": merchant.call("POST", "/tokens", card).expect(201)["token"],
        "invoice_id": f"inv_{key}",
        "dispute_id": _disputed(merchant),
        "payout_id": merchant.call("POST", "/payouts", prize).expect(201)["payout_id"],
    }


def _disputed(merchant: Merchant) -> str:
    order = merchant.order()
    payment = merchant.done(merchant.start(order, "tok_dispute"), "capture")
    found = eventually(lambda: merchant.payment(payment)["disputes"])
    return str(found[0]["dispute_id"])


def call(api_url: str, route: Route, path_of: dict[str, str], authorization: str | None) -> Answer:
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": authorization} if authorization is not None else {}
    body = None if route.method == "get" else json.dumps(route.example or {})
    return send(route.method.upper(), api_url + route.path.format(**path_of), body, headers)


def signed(keys: Mint, **changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": "tillgate", "sub": "mer_1", "client_id": "cli_1", "scope": "orders:read", "iat": now - 1}
    how = {name: changes.pop(name) for name in ("kid", "key", "method") if name in changes}
    return keys.signed(claims | {"exp": now + 60} | changes, **how)


def forgeries(keys: Mint) -> dict[str, str | None]:
    head, claims, signature = signed(keys).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return {
        "no token": None,
        "an empty one": "Bearer ",
        "another scheme": "Basic Y2xpXzE6c2VjcmV0",
        "nonsense": "Bearer nonsense",
        "expired": signed(keys, exp=int(time.time()) - 10),
        "of another key": signed(keys, key=private_key(1)),
        "of a key that is none": signed(keys, kid="PUBLIC"),
        "of the public key as a secret": signed(keys, key=public("k", keys.key).x, method="HS256"),
        "of another issuer": signed(keys, iss="somebody"),
        "not signed": f"Bearer {none}.{claims}.",
        "cut": f"{head}.{claims}",
        "changed": f"{head}.{claims[:-2]}xx.{signature}",
        "of nobody": signed(keys, sub="mer_nobody"),
    }


@pytest.mark.parametrize("route", CALLS, ids=IDS)
def test_without_a_good_token(route: Route, merchant: Merchant, path_of: dict[str, str], keys: Mint) -> None:
    for what, authorization in forgeries(keys).items():
        if what == "of nobody" and route.scope != "orders:read":
            continue  # it lacks the scope, which is looked at first
        answer = call(merchant.api_url, route, path_of, authorization)
        assert (answer.status, answer.code) == (401, "unauthorized"), what
        assert answer.headers["www-authenticate"].startswith("Bearer"), what


@pytest.mark.parametrize("route", CALLS, ids=IDS)
def test_without_the_scope(route: Route, merchant: Merchant, path_of: dict[str, str], keys: Mint) -> None:
    scopes = {"orders:read", "orders:write", "payouts:write", "account:write"} - {route.scope or ""}
    token = signed(keys, sub=merchant.account["merchant_id"], scope=" ".join(sorted(scopes)))
    call(merchant.api_url, route, path_of, token).refused(403, "forbidden")


OWN = ("{method}", "{connector}", "{day}")  # names of settings, and days, which every account has


@pytest.mark.parametrize(
    "route", [route for route in CALLS if "{" in route.path and not set(OWN) & set(route.path.split("/"))]
)
def test_of_another_merchant(route: Route, other_merchant: Merchant, path_of: dict[str, str]) -> None:
    answer = call(other_merchant.api_url, route, path_of, f"Bearer {other_merchant.token}")
    answer.refused(404, "not_found")


def test_lists_show_nothing_of_another_merchant(
    merchant: Merchant, operators: Operators, path_of: dict[str, str]
) -> None:
    nobody = operators.merchant("Newcomer")
    for path in ("/orders", "/payments", "/notifications"):
        assert nobody.call("GET", path).expect(200) == {"items": [], "next_cursor": None}
    nobody.call("GET", f"/notifications?order_key={path_of['order_key']}").refused(404, "not_found")


def test_a_suspended_merchant_is_out_within_a_minute(operators: Operators) -> None:
    merchant = operators.merchant("Suspended")
    token = merchant.token
    operators.call("suspend_merchant", merchant_id=merchant.account["merchant_id"])
    merchant.ask_token().refused(401, "unauthorized")
    answer = send("GET", f"{merchant.api_url}/account", None, {"Authorization": f"Bearer {token}"})
    assert (answer.status, answer.code) == (401, "unauthorized")


def test_a_client_may_have_less_scopes(operators: Operators) -> None:
    merchant = operators.merchant("Two systems")
    warehouse = operators.client(merchant, ["orders:read"])
    order = merchant.order()
    assert warehouse.read(order)["order_key"] == order["order_key"]
    warehouse.call("POST", f"/orders/{order['order_key']}/cancel").refused(403, "forbidden")
    warehouse.call("PUT", "/account/notifications", {}).refused(403, "forbidden")

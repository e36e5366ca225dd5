"""Creates the demo merchants with the deployed admin function, as an operator would."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any

from local import aws
from local.place import Place, TroubleError

NAMES = ("Corner Shop", "Market Square")
DRESSED = "Market Square"  # its menu has a logo and a colour
LINKS = ("terms", "privacy", "contact")  # pages of the shop that the menus lead to
VENDORS = ("Baker", "Florist", "Bookseller")
PAYOUT_CURRENCIES = ("EUR", "USD", "GBP")
PAYOUT_LIMIT = {"per_payout": 1_000_000, "per_day": 100_000_000, "approval_above": 500_000}
REFUSING_ACCOUNT = "acct_refusing"


def make_all(place: Place, admin_function: str) -> list[dict[str, Any]]:
    """Creates two merchants, each with three vendors and one more whose payments are always refused."""
    return [_make_one(place, admin_function, name) for name in NAMES]


def _make_one(place: Place, function: str, name: str) -> dict[str, Any]:
    update_url = f"{place.shop_url}/update"
    merchant = call(place, function, {"action": "create_merchant", "name": name, "update_url": update_url})
    dress: dict[str, Any] = {"links": {each: f"{place.shop_url}/{each}" for each in LINKS}}
    if name == DRESSED:
        dress |= {"logo_url": f"{place.shop_url}/logo.svg", "colour": "#6d28d9"}
    call(place, function, {"action": "update_merchant", "merchant_id": merchant["merchant_id"]} | dress)
    _may_pay_out(place, function, merchant)
    wanted = ("merchant_id", "client_id", "client_secret", "signing_secret")

    def vendor(vendor_name: str, account: str) -> str:
        payload = {
            "action": "create_vendor",
            "merchant_id": merchant["merchant_id"],
            "name": vendor_name,
            "psp_account": account,
        }
        return str(call(place, function, payload)["vendor_id"])

    vendors = [vendor(each, f"acct_{each.lower()}") for each in VENDORS]
    refusing = vendor("Always refused", REFUSING_ACCOUNT)
    return {each: merchant[each] for each in wanted} | {"vendors": vendors, "refusing_vendor": refusing}


def _may_pay_out(place: Place, function: str, merchant: dict[str, Any]) -> None:
    """Lets a merchant pay persons, as an operator does: the scope, and a limit in each currency."""
    scopes = ["orders:read", "orders:write", "payouts:write", "account:write"]
    who = {"by": "make run"}
    call(place, function, {"action": "update_client", "client_id": merchant["client_id"], "scopes": scopes} | who)
    for currency in PAYOUT_CURRENCIES:
        named = {"merchant_id": merchant["merchant_id"], "currency": currency, "reason": "the demo"}
        call(place, function, {"action": "set_payout_limit"} | named | PAYOUT_LIMIT | who)


def call(place: Place, function: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Invokes the admin function and returns its answer."""
    answer = aws.client(place, "lambda").invoke(FunctionName=function, Payload=json.dumps(payload).encode())
    text = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise TroubleError(f"The admin function failed at {payload['action']}:\n\n{text}")
    result: dict[str, Any] = json.loads(text)
    if "error" in result or "code" in result:
        raise TroubleError(f"The admin function refused {payload['action']}:\n\n{text}")
    return result


def call_api(api_url: str, token: str, method: str, path: str, body: object = None) -> Any:
    """One call as a merchant; answers the body. Raises HTTPError."""
    request = urllib.request.Request(api_url + path, json.dumps(body).encode() if body is not None else None)
    request.method = method
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def token(api_url: str, merchant: dict[str, Any]) -> str:
    """Gets a bearer token the way a merchant's server does."""
    credentials = f"{merchant['client_id']}:{merchant['client_secret']}".encode()
    request = urllib.request.Request(f"{api_url}/auth/token", data=b"grant_type=client_credentials")
    request.add_header("Authorization", f"Basic {base64.b64encode(credentials).decode()}")
    with urllib.request.urlopen(request, timeout=30) as response:
        return str(json.load(response)["access_token"])

"""Signed calls on the deployed system (RG-11): by the lines of the merchant's guide, and by a library of others'."""

from __future__ import annotations

import base64
import json
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.flows.client import JSON, Answer, Merchant, send
from tests.flows.operators import Operators
from tests.signing import Call, sign
from tests.template.reading import ROOT

pytestmark = pytest.mark.flow

Signer = Callable[[str, str, dict[str, str], bytes, str, str], dict[str, str]]


def by_the_guide(folder: Path) -> Signer:
    """`signed`, as the merchant's guide prints it."""
    guide = (ROOT / "docs" / "merchant-guide.md").read_text()
    (lines,) = [code for code in re.findall(r"```python\n(.*?)```", guide, re.DOTALL) if "def signed(" in code]
    (folder / "signing.py").write_text(lines)
    found: Signer = runpy.run_path(str(folder / "signing.py"))["signed"]
    return found


def by_library(method: str, url: str, headers: dict[str, str], body: bytes, key_id: str, secret: str) -> dict[str, str]:
    return dict(sign(Call(method, url, headers, body), key_id, base64.b64decode(secret)))


class Signing:
    """A merchant whose calls are signed."""

    def __init__(self, merchant: Merchant, signer: Signer, key: JSON) -> None:
        self.merchant, self.signer, self.key = merchant, signer, key

    def headers(self, method: str, path: str, body: bytes, **more: str) -> dict[str, str]:
        headers = {"authorization": f"Bearer {self.merchant.token}"} | {
            name.replace("_", "-"): value for name, value in more.items()
        }
        headers |= {"content-type": "application/json"} if body else {}
        return self.signer(method, self.merchant.api_url + path, headers, body, self.key["key_id"], self.key["secret"])

    def call(self, method: str, path: str, fields: JSON | None = None, **more: str) -> Answer:
        body = json.dumps(fields).encode() if fields is not None else b""
        return send(method, self.merchant.api_url + path, body or None, self.headers(method, path, body, **more))


@pytest.mark.parametrize("way", ["guide", "library"])
def test_a_merchant_that_requires_signatures(operators: Operators, tmp_path: Path, way: str) -> None:
    signer = by_the_guide(tmp_path) if way == "guide" else by_library
    merchant = operators.merchant("Signs its calls")
    key = merchant.call("PUT", "/account/signatures", {"new_key": True}).expect(200)["new_key"]
    signing = Signing(merchant, signer, key)
    merchant.call("PUT", "/account/signatures", {"required": True}).refused(422, "invalid_request")
    assert signing.call("PUT", "/account/signatures", {"required": True}).expect(200)["required"] is True

    refused = merchant.call("POST", "/orders", merchant.terms(), key="k-1")
    refused.refused(401, "signature_required")
    assert '"content-digest"' in refused.headers["accept-signature"]
    order = signing.call("POST", "/orders", merchant.terms(), idempotency_key="k-1").expect(201)
    path = f"/orders/{order['order_key']}"
    read = signing.call("GET", path)
    assert read.expect(200)["order_key"] == order["order_key"]
    assert signing.call("GET", path, if_none_match=read.headers["etag"]).status == 304
    query = "?limit=5&created_from=2020-01-01T00%3A00%3A00%2B01%3A00&order_reference=" + order["order_reference"]
    assert [each["order_key"] for each in signing.call("GET", f"/orders{query}").expect(200)["items"]]
    start = {"method": "card", "instrument": {"token": "tok_visa"}}
    assert signing.call("POST", f"{path}/payments", start, idempotency_key="k-2").expect(201)["status"] == "AUTHORIZED"
    signing.call("POST", f"{path}/cancel").refused(401, "signature_invalid")  # without an Idempotency-Key
    assert signing.call("POST", f"{path}/cancel", idempotency_key="k-3").expect(200)["status"] == "CANCELLED"


def test_what_was_changed_on_its_way_is_refused(operators: Operators) -> None:
    merchant = operators.merchant("Signs some calls")
    key = merchant.call("PUT", "/account/signatures", {"new_key": True}).expect(200)["new_key"]
    signing = Signing(merchant, by_library, key)
    body = json.dumps(merchant.terms(amount=100)).encode()
    headers = signing.headers("POST", "/orders", body, idempotency_key="k-1")
    dearer = body.replace(b'"amount": 100', b'"amount": 900')
    send("POST", f"{merchant.api_url}/orders", dearer, headers).refused(400, "digest_mismatch")
    send("PUT", f"{merchant.api_url}/account/signatures", body, headers).refused(401, "signature_invalid")
    again = headers | {"idempotency-key": "k-2"}
    send("POST", f"{merchant.api_url}/orders", body, again).refused(401, "signature_invalid")
    assert send("POST", f"{merchant.api_url}/orders", body, headers).expect(201)["amount"] == 100


def test_the_path_may_be_that_of_the_gateways_own_address(operators: Operators) -> None:
    """Another address of the same API: signed is what the client called."""
    merchant = operators.merchant("Knows another address")
    key = merchant.call("PUT", "/account/signatures", {"new_key": True}).expect(200)["new_key"]
    stage = urlsplit(merchant.api_url).path.rpartition("/")[2]
    headers = {"authorization": f"Bearer {merchant.token}"}
    url = f"https://api.example.com/{stage}/account"
    signed = by_library("GET", url, headers, b"", key["key_id"], key["secret"])
    assert send("GET", f"{merchant.api_url}/account", None, signed).status == 200

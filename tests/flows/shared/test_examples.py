"""The description's examples are answers of the deployed system: this flow makes every call and compares.

With `TILLGATE_RECORD=1` it writes tools/api/examples.json anew; then run `make docs`.
"""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Stack
from tests.flows.client import JSON, Merchant, eventually
from tests.flows.inside import Inside
from tests.flows.operators import Operators
from tests.flows.payouts.test_payouts import Market
from tests.flows.psp_pages import Psp
from tools.api import examples
from tools.api.routes import ROUTES

pytestmark = pytest.mark.flow

BY_NAME = {route.name: route for route in ROUTES}
HIDDEN = {  # what would open something, or is long
    "access_token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJtZXJfMSJ9.c2lnbmF0dXJl",
    "signing_secret": "whsec_ZXhhbXBsZSBvZiBhIHNlY3JldA==",
    "secret": "c2VjcmV0",
    "next_cursor": "MjAzMC0wMS0wMVQxMjowMDowMC4wMDAwMDBaI29yZF8x",
    "fingerprint": "5f8a0c2d9e4b7a61",
}
LONGEST_LIST = 2


class Recorder:
    """Makes calls by the names of their operations and keeps their answers."""

    def __init__(self, merchant: Merchant, stack: Stack) -> None:
        self.merchant = merchant
        self.answers: dict[str, dict[str, Any]] = {}
        self._hosts = {str(stack[f"{name}_url"]): f"https://{name}.example.com" for name in ("shop", "psp")}
        self._hosts[str(stack["api_url"])] = "https://tillgate.example.com/v1"
        self._ids: dict[str, str] = {}

    def call(self, name: str, body: object = None, *, query: str = "", accept: str = "*/*", **path: str) -> Any:
        """The body of the answer, which is kept."""
        route = BY_NAME[name]
        url = route.path.format(**path) + query
        answer = self.merchant.call(route.method.upper(), url, body, Accept=accept)
        assert answer.status in route.answers, (name, answer)
        media = answer.headers.get("content-type", "").partition(";")[0]
        is_json = media.endswith("json") and name != "get_export"
        if answer.text:
            kept = self.public(answer.json) if is_json else self._text(answer.text[:1000])
            self.answers.setdefault(name, {})[f"{answer.status} {media}"] = kept
        return answer.json if is_json and answer.text else answer.text

    def public(self, value: Any, name: str = "") -> Any:
        """Without addresses, keys and times of this machine, and no longer than it has to be."""
        if isinstance(value, dict):
            return {key: self.public(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.public(each) for each in value[:LONGEST_LIST]]
        if not isinstance(value, str):
            return value
        return HIDDEN.get(name) or self._text(value)

    def _text(self, text: str) -> str:
        for host, public in self._hosts.items():
            text = text.replace(host, public)
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "2030-01-01T12:00:00.000Z", text)
        return re.sub(r"[0-9A-Za-z-]{16,}", self._counted, text)

    def _counted(self, found: re.Match[str]) -> str:
        """Ids are counted, each at its length; what has no digit is a word, or the host of an address."""
        text = found[0]
        if not re.search(r"\d", text) or re.fullmatch(r"2030-01-01T12|[a-z-]+", text):
            return text
        number = str(len(self._ids) + 1)
        return self._ids.setdefault(text, number.rjust(len(text), "0"))


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Where names or kinds differ. What is null may have a value at another time; of a list, its first item counts."""
    if one is None or other is None:
        return []
    if isinstance(one, dict) and isinstance(other, dict):
        missing = [f"{place}/{name}" for name in one.keys() ^ other.keys()]
        return missing + [
            each
            for name in one.keys() & other.keys()
            for each in differences(one[name], other[name], f"{place}/{name}")
        ]
    if isinstance(one, list) and isinstance(other, list):
        return differences(one[0], other[0], f"{place}/0") if one and other else []
    return [] if type(one) is type(other) else [f"{place}: {one!r} is not like {other!r}"]


@pytest.fixture(scope="module")
def recorded(stack: Stack, operators: Operators, inside: Inside, psp: Psp) -> Recorder:
    merchant = operators.payer("Demo shop")
    recorder = Recorder(merchant, stack)
    recorder.answers["issue_token"] = {"200 application/json": recorder.public(merchant.ask_token().expect(200))}
    _orders(recorder)
    _disputes(recorder)
    _vendors(recorder, Market(merchant, operators, inside, psp))
    _shoppers(recorder)
    _invoices(recorder)
    recorder.call("create_payout", BY_NAME["create_payout"].example)
    recorder.call("list_payouts", query="?limit=1")
    _account(recorder)
    return recorder


def _order(recorder: Recorder, reference: str, **fields: object) -> str:
    """Not kept: the example of a call is its first answer."""
    body = {"order_reference": reference, "amount": 4999, "currency": "EUR"} | fields
    return str(recorder.merchant.call("POST", "/orders", body).expect(201)["order_key"])


def _started(recorder: Recorder, order_key: str, instrument: str = "tok_visa") -> JSON:
    payment: JSON = recorder.merchant.start({"order_key": order_key}, instrument)
    return {"order_key": order_key, "payment_id": payment["payment_id"]}


def _orders(recorder: Recorder) -> None:
    call, merchant = recorder.call, recorder.merchant
    shop = merchant.shop_url
    call("set_notifications", {"update_url": f"{shop}/update", "endpoints": [{"url": f"{shop}/events"}]})
    example = BY_NAME["create_order"].example or {}
    urls = {name: url.replace("https://shop.example.com", shop) for name, url in example["return_urls"].items()}
    order = call("create_order", example | {"return_urls": urls})["order_key"]
    call("list_order_methods", order_key=order)
    paid = call("start_payment", BY_NAME["start_payment"].example, order_key=order)
    key = {"order_key": order, "payment_id": paid["payment_id"]}
    call("capture_payment", BY_NAME["capture_payment"].example, **key)
    call("cancel_payment", BY_NAME["cancel_payment"].example, **key)
    call("capture_payment", **key)
    call("refund_payment", BY_NAME["refund_payment"].example, **key)
    call("refund_order", {"amount": 500, "reason": "One ticket returned"}, order_key=order)
    for name in ("get_payment", "sync_payment"):
        call(name, **key)
    call("get_payment_by_id", payment_id=key["payment_id"])
    for name in ("get_order", "list_refunds", "get_history"):
        call(name, order_key=order)
    for name in ("list_orders", "list_payments"):
        eventually(lambda name=name: merchant.call("GET", BY_NAME[name].path).expect(200)["items"])  # type: ignore[misc]
        call(name, query="?limit=1")
    log = eventually(lambda: call("list_notifications", query="?kind=event&limit=1")["items"])
    call("resend_notification", id=log[0]["id"])
    recorder.answers["list_notifications"] = {}
    eventually(lambda: call("list_notifications", query="?kind=event&limit=1")["items"][0]["attempts"])

    other = _order(recorder, "2026-1002")
    call("update_order", BY_NAME["update_order"].example, order_key=other)
    call("make_menu_link", order_key=other)
    call("withdraw_order", order_key=other)
    call("cancel_order", order_key=_started(recorder, _order(recorder, "2026-1003"))["order_key"])
    call("cancel_order", order_key=_started(recorder, _order(recorder, "2026-1004"), "tok_pending")["order_key"])
    call("withdraw_payment", **_started(recorder, _order(recorder, "2026-1005"), "tok_visa_3ds"))


def _disputes(recorder: Recorder) -> None:
    for reference, verb in (("2026-1006", "send_evidence"), ("2026-1007", "accept_dispute")):
        payment = _started(recorder, _order(recorder, reference, capture="auto"), "tok_dispute")
        found = eventually(lambda payment=payment: recorder.merchant.payment(payment)["disputes"])  # type: ignore[misc]
        key = {"dispute_id": found[0]["dispute_id"]}
        recorder.call("get_dispute", **key)
        recorder.call(verb, {"text": "The parcel was delivered."} if verb == "send_evidence" else None, **key)
    eventually(lambda: recorder.merchant.call("GET", "/disputes").expect(200)["items"])
    recorder.call("list_disputes", query="?limit=1")


def _vendors(recorder: Recorder, market: Market) -> None:
    call = recorder.call
    baker, florist = market.vendor(), market.vendor("acct_florist")
    technical = _started(recorder, _order(recorder, "2026-1008", multi_vendor=True))
    order = technical["order_key"]
    body = {"technical_payment_id": technical["payment_id"], "vendor_id": baker, "amount": 2499}
    part = call("pay_vendor", body | {"sub_order_reference": "2026-1008-a"}, order_key=order)
    recorder.merchant.done(part, "capture", fee=250)
    parts = [{"vendor_id": florist, "amount": 2500, "sub_order_reference": "2026-1008-b"}]
    split = call("split_payment", {"technical_payment_id": technical["payment_id"], "parts": parts}, order_key=order)
    path = f"/orders/{order}/split/{split['split_id']}"
    eventually(lambda: recorder.merchant.call("GET", path).expect(200)["status"] != "RUNNING", within=60)
    call("get_split", order_key=order, split_id=split["split_id"])
    call("list_vendor_payments", order_key=order, query="?limit=1")
    market.pay_shard(baker)  # not everybody: other flows leave vendors whose payouts are refused
    payouts = eventually(lambda: market.payouts(baker))
    eventually(lambda: market.payouts(baker)[0]["status"] == "PAID", within=60)
    call("list_vendor_payouts", vendor_id=baker, query="?limit=1")
    call("get_payout", payout_id=payouts[0]["payout_id"])
    call("list_payout_entries", payout_id=payouts[0]["payout_id"])
    call("get_statement", vendor_id=baker, query="?currency=EUR")


def _shoppers(recorder: Recorder) -> None:
    call = recorder.call
    shopper = call("create_shopper", BY_NAME["create_shopper"].example)["shopper_key"]
    call("add_address", BY_NAME["add_address"].example, shopper_key=shopper)
    body = {"shopper_key": shopper, "method": "card", "instrument": {"token": "tok_visa"}}
    saved = call("save_instrument", body)
    call("get_shopper", shopper_key=shopper)
    call("list_instruments", shopper_key=shopper)
    call("delete_instrument", token=saved["token"])
    call("erase_shopper", shopper_key=shopper)


def _invoices(recorder: Recorder) -> None:
    call, example = recorder.call, BY_NAME["create_invoice"].example or {}
    invoice = call("create_invoice", example | {"send": False})["invoice_id"]
    for name in ("send_invoice", "get_invoice", "withdraw_invoice"):
        call(name, invoice_id=invoice)


def _account(recorder: Recorder) -> None:
    call = recorder.call
    day = datetime.now(UTC).date().isoformat()
    eventually(lambda: len(recorder.merchant.call("GET", f"/exports/{day}").text.splitlines()) > 1)
    for accept in ("text/csv", "application/jsonl"):
        call("get_export", day=day, accept=accept)
    call("set_signatures", {"new_key": True})
    call("set_time_zone", {"time_zone": "Europe/Berlin"})
    call("set_links", {"terms": "https://shop.example.com/terms", "privacy": "https://shop.example.com/privacy"})
    call("list_account_history", query="?limit=2")
    call("set_method", {"enabled": True, "connector": "sandbox", "position": 1}, method="card")
    stripe = {"secret_key": "sk_test_1", "publishable_key": "pk_test_1", "webhook_secret": "whsec_c2VjcmV0"}
    call("set_connector", {"mode": "test", "credentials": stripe, "check": False}, connector="stripe")
    for name in ("get_account", "list_methods", "list_connectors", "get_keys", "describe_api"):
        call(name)
    recorder.answers.pop("describe_api")  # itself


def test_every_answer_has_an_example_from_the_deployed_system(recorded: Recorder) -> None:
    order = recorded.answers["get_order"]["200 application/json"]
    event = {"type": "order.updated", "timestamp": order["updated_at"], "data": order}
    if os.environ.get("TILLGATE_RECORD"):
        kept = {"answers": dict(sorted(recorded.answers.items())), "event": event}
        examples.PATH.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
        return
    assert not differences(recorded.answers, examples.ANSWERS)
    assert not differences(event, examples.EVENT)

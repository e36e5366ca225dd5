"""A signed call that is sent again, byte for byte, changes nothing and tells no secret (RG-11).

Every call of the API that changes something is replayed, on an account that requires signatures: at once, and when the
world has moved on as far as the signature lasts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import handlers
from tests.functions.acme import CREDENTIALS, with_acme
from tests.functions.aws import make_queue
from tests.functions.merchants.test_signed_calls import answered, event, signed
from tests.functions.payments.test_disputes import ID as DISPUTE
from tests.functions.payments.test_disputes import DisputingPsp, learns, told
from tests.functions.payouts.paying import GivingPsp
from tests.functions.scripted_psp import KeepingPsp
from tests.functions.world import NOON, ORDER_KEY, PAYMENT_ID, Answer, World
from tillgate.connectors.host.facts import facts_of
from tillgate.domain.merchants.account import SCOPES, Client
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.notifications.delivery import Delivery, Kind
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime.aws import client
from tillgate.use_cases.merchants.set_signatures import set_signatures
from tools.api.routes import ROUTES
from tools.api.routes.route import Route

CHANGING = [route for route in ROUTES if route.scope and route.method != "get"]
SHOP = "https://shop.example.com/a"
TABLES = ("OrdersTable", "ShoppersTable", "MerchantsTable")
CARD = {"method": "card", "instrument": {"token": "tok_visa"}}
DELIVERY = Delivery(ORDER_KEY, "A-1", "mer_1", 1, Kind.EVENT, SHOP, NOON, NOON, next_attempt_at=NOON)
type Sent = tuple[dict[str, str], dict[str, Any] | None]  # path parameters and body


def _keeps(world: World) -> str:
    """A shopper, and a PSP that keeps instruments."""
    world.psp = world.system.connectors["sandbox"] = KeepingPsp()
    return str(world.call("create_shopper").json["shopper_key"])


def _instrument(world: World) -> Sent:
    made = world.call("save_instrument", CARD | {"shopper_key": _keeps(world)})
    return {"token": made.json["token"]}, None


def _order(world: World, body: dict[str, Any] | None = None) -> Sent:
    world.created()
    return {"order_key": ORDER_KEY}, body or {}


def _paid(world: World, body: dict[str, Any] | None = None, *, captured: bool = False) -> Sent:
    world.paid()
    if captured:
        world.call("capture_payment", {})
    return {"order_key": ORDER_KEY, "payment_id": PAYMENT_ID}, body or {}


def _begun(world: World) -> Sent:
    """A payment that the shopper has not taken up."""
    world.created()
    world.started(OperationStatus.AWAITING_SHOPPER)
    return {"order_key": ORDER_KEY, "payment_id": PAYMENT_ID}, {}


def _disputed(world: World, body: dict[str, Any]) -> Sent:
    psp = DisputingPsp()
    world.psp = world.system.connectors["sandbox"] = psp
    _paid(world, captured=True)
    learns(world, facts_of([told(psp.notice())]))
    return {"dispute_id": DISPUTE}, body


def _technical(world: World, **body: Any) -> Sent:
    world.psp.can(marketplace="carve")
    world.has(Vendor("ven_1", "mer_1", "Vera", "acct_1"))
    world.created(multi_vendor=True)
    world.started()
    return {"order_key": ORDER_KEY}, {"technical_payment_id": PAYMENT_ID, **body}


def _invoice(world: World) -> Sent:
    made = world.call("create_invoice")
    world.passes(timedelta(minutes=1))
    return {"invoice_id": made.json["invoice_id"]}, {}


def _delivery(world: World) -> Sent:
    world.created()
    world.system.deliveries.add(DELIVERY)
    return {"id": DELIVERY.notification_id}, {}


def _payout(world: World) -> Sent:
    world.system.connectors["sandbox"] = GivingPsp()
    return {}, {"payout_reference": "P-1", "amount": 100, "currency": "EUR", "instrument": {"token": "tok_visa"}}


PART = {"vendor_id": "ven_1", "amount": 10, "sub_order_reference": "S-1"}
READY: dict[str, Callable[[World], Sent]] = {
    "create_order": lambda _: ({}, {"order_reference": "A-1", "amount": 1, "currency": "EUR"}),
    "update_order": lambda w: _order(w, {"metadata": {"a": 1}}),
    "make_menu_link": _order,
    "withdraw_order": _order,
    "cancel_order": _paid,
    "refund_order": lambda w: _paid(w, {"amount": 10}, captured=True),
    "start_payment": lambda w: _order(w, CARD),
    "capture_payment": lambda w: _paid(w, {"amount": 10, "final": False}),
    "cancel_payment": lambda w: _paid(w, {"amount": 10}),
    "refund_payment": lambda w: _paid(w, {"amount": 10}, captured=True),
    "withdraw_payment": _begun,
    "sync_payment": _begun,
    "send_evidence": lambda w: _disputed(w, {"text": "It was delivered."}),
    "accept_dispute": lambda w: _disputed(w, {}),
    "pay_vendor": lambda w: _technical(w, **PART),
    "split_payment": lambda w: _technical(w, parts=[PART]),
    "create_shopper": lambda _: ({}, {"name": "Ada Byron"}),
    "erase_shopper": lambda w: ({"shopper_key": _keeps(w)}, None),
    "add_address": lambda w: (
        {"shopper_key": _keeps(w)},
        {"line1": "12 St James's Square", "postal_code": "SW1Y 4JH", "city": "London", "country": "GB"},
    ),
    "save_instrument": lambda w: ({}, CARD | {"shopper_key": _keeps(w)}),
    "delete_instrument": _instrument,
    "create_invoice": lambda _: (
        {},
        {"order_reference": "A-2", "amount": 10, "currency": "EUR", "customer": {"email": "ada@example.com"}},
    ),
    "send_invoice": _invoice,
    "withdraw_invoice": _invoice,
    "create_payout": _payout,
    "resend_notification": _delivery,
    "set_notifications": lambda _: ({}, {"rotate_secret": True, "endpoints": [{"url": SHOP}]}),
    "set_signatures": lambda _: ({}, {"new_key": True}),
    "set_connector": lambda _: ({"connector": "acme"}, {"mode": "test", "credentials": CREDENTIALS}),
    "set_method": lambda _: ({"method": "card"}, {"enabled": False}),
    "set_time_zone": lambda _: ({}, {"time_zone": "Europe/Berlin"}),
    "set_links": lambda _: ({}, {"terms": f"{SHOP}/terms"}),
}
HOW = pytest.mark.parametrize("route", CHANGING, ids=[route.name for route in CHANGING])


@pytest.fixture
def key(world: World, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> dict[str, str]:
    """A key of `mer_1`, which does not require signatures yet."""
    if "set_connector" in request.node.name:
        with_acme(world, monkeypatch)
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", client("kms").create_key()["KeyMetadata"]["KeyId"])
    monkeypatch.setenv("INVOICE_SENDER", "till@example.com")
    for variable in ("MERCHANT_NOTIFICATIONS_QUEUE_URL", "INVOICE_MAILS_QUEUE_URL"):
        make_queue(monkeypatch, variable)
    world.has(Client("cli_1", "mer_1", (), SCOPES))
    world.has_merchant(payout_limits={"EUR": PayoutLimit(10_000, 25_000)})
    _, made = set_signatures(world.system, "mer_1", new_key=True)
    assert made
    return made


def prepared(world: World, route: Route, headers: dict[str, str]) -> dict[str, Any]:
    """The call, unsigned; from here on the account requires signatures."""
    path, body = READY[route.name](world)
    made = event(world, route.method.upper(), route.path.format(**path), body, route=route.path)
    made["headers"] = {name: value for name, value in (made["headers"] | headers).items() if value}
    made["multiValueHeaders"] = {name: [value] for name, value in made["headers"].items()}
    made["pathParameters"] = path or None
    world.system.merchants.change_merchant("mer_1", lambda it: replace(it, requires_signatures=True))
    world.system.merchants.items._kept.clear()
    return made


def call(route: Route, made: dict[str, Any]) -> Answer:
    operation = handlers.operations()[handlers.Route(route.method.upper(), route.path)]
    answer: Answer = answered(operation, made)
    return answer


def state(world: World) -> Any:
    connector: Any = world.system.connectors["sandbox"]
    asked = [str(getattr(connector, name, None)) for name in ("calls", "calls_about", "told", "paid", "requests")]
    return [world.everything(table) for table in TABLES], asked


def secrets(answer: Answer) -> list[str]:
    told = json.loads(answer.text or "{}")
    return [value for value in (told.get("signing_secret"), (told.get("new_key") or {}).get("secret")) if value]


def test_every_call_that_changes_something_is_tried() -> None:
    assert set(READY) == {route.name for route in CHANGING}
    assert all(route.idempotent for route in CHANGING)


@HOW
def test_a_replay_changes_nothing_and_tells_no_secret(world: World, key: dict[str, str], route: Route) -> None:
    made = signed(world, prepared(world, route, {"idempotency-key": "k-9"}), key)
    first = call(route, made)
    assert first.status < 300, first.text
    assert len(secrets(first)) == (route.name in ("set_notifications", "set_signatures"))
    after = state(world)
    for minutes in (0, 4):
        world.passes(timedelta(minutes=minutes))
        replayed = call(route, made)
        assert (replayed.status, replayed.headers["idempotent-replayed"]) == (first.status, "true"), replayed.text
        assert secrets(replayed) == []
        assert state(world) == after


@HOW
def test_without_an_idempotency_key_it_is_refused(world: World, key: dict[str, str], route: Route) -> None:
    made = signed(world, prepared(world, route, {"idempotency-key": ""}), key)
    before = state(world)
    refused = call(route, made)
    assert refused.refusal == (401, "signature_invalid")
    assert '"idempotency-key"' in refused.headers["accept-signature"]
    assert state(world) == before


def test_an_older_setting_does_not_come_back(world: World, key: dict[str, str]) -> None:
    """The replay of a setting that was changed since is answered with what is set now."""
    route = next(route for route in CHANGING if route.name == "set_notifications")
    older = signed(world, prepared(world, route, {"idempotency-key": "k-1"}), key)
    assert call(route, older).json["endpoints"]
    newer = event(world, "PUT", "/account/notifications", {"endpoints": []})
    newer["headers"] |= {"idempotency-key": "k-2"}
    assert call(route, signed(world, newer, key)).json["endpoints"] == []
    assert call(route, older).json["endpoints"] == []
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant
    assert merchant.endpoints == ()


def test_a_key_for_another_deletion_is_refused(world: World, key: dict[str, str]) -> None:
    shopper = _keeps(world)
    assert world.call("erase_shopper", path={"shopper_key": shopper}, key="k-1").status == 204
    other = world.call("erase_shopper", path={"shopper_key": "shp_other"}, key="k-1")
    assert other.refusal == (422, "idempotency_key_reused")

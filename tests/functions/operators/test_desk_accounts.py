"""Accounts at the desk: each act is asked before, with who and why in the account's history (ONE-9, RG-9)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.marketplace.test_pay_vendors import entry
from tests.functions.operators.console import ACTS, READS, Widget
from tests.functions.operators.test_desk import HOSTILE, _is_harmless
from tests.functions.payouts.paying import GivingPsp
from tests.functions.world import NOON, World, invoke
from tillgate.api.operators.desk.account_acts import ACCOUNT_ACTS
from tillgate.domain.merchants.account import Client, SignatureKey
from tillgate.domain.merchants.connections import Connection, Credentials
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.merchants.vendor import NewAccount, Vendor
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.aws import client
from tillgate.store.ledger.entries import posts
from tillgate.store.shared.documents import to_json

MERCHANT = {"view": "merchants", "merchant_id": "mer_1"}
VENDOR = {"view": "vendor", "merchant_id": "mer_1", "vendor_id": "ven_1"}
WAITS = NewAccount("acct_new", "Ada", NOON, NOON + timedelta(hours=48))


@pytest.fixture(autouse=True)
def accounts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id = client("kms").create_key()["KeyMetadata"]["KeyId"]
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", key_id)
    world.has_merchant(signing_secret="old", signature_keys=(SignatureKey("sig_1", "x", NOON),))
    world.has(Vendor("ven_1", "mer_1", "Baker", "acct_old", new_account=WAITS))
    world.has(Client("cli_9", "mer_1", ("scrypt$00$00",), ("orders:read",)))
    own = Connection("mer_1", "stripe", Mode.TEST, test=Credentials("sealed", ()), revision=1)
    item = {"pk": {"S": "MERCHANT#mer_1"}, "sk": {"S": "CONNECTION#stripe"}, "revision": {"N": "1"}}
    client("dynamodb").put_item(TableName="MerchantsTable", Item=item | {"document": {"S": to_json(own)}})


def merchant(world: World) -> Any:
    return world.system.merchants.merchant("mer_1", fresh=True)


def client_of(world: World) -> Client:
    found = world.system.merchants.client("cli_9")
    assert found
    return found


def vendor(world: World) -> Vendor:
    (found,) = world.system.merchants.vendors("mer_1")
    return found


def waiting_payout(world: World) -> str:
    world.system.connectors["sandbox"] = GivingPsp()
    world.has_merchant(payout_limits={"EUR": PayoutLimit(10_000, 25_000, approval_above=1)})
    return str(world.call("create_payout").json["payout_id"])


LABELS: dict[str, tuple[dict[str, Any], str, Callable[[World], object]]] = {
    "suspend_merchant": (MERCHANT, "Suspend", lambda w: merchant(w).suspended),
    "resume_merchant": (MERCHANT, "Resume", lambda w: not merchant(w).suspended),
    "rotate_signing_secret": (MERCHANT, "New signing secret", lambda w: merchant(w).signing_secret != "old"),
    "revoke_signature_key": (MERCHANT, "End the key sig_1", lambda w: not merchant(w).signature_keys),
    "revoke_connector": (
        MERCHANT,
        "Delete test credentials with stripe",
        lambda w: getattr(w.system.connections.load("mer_1", "stripe"), "test", "nothing") is None,
    ),
    "rotate_client_secret": (
        MERCHANT,
        "New client secret",
        lambda w: client_of(w).secret_hashes[0] != "scrypt$00$00",
    ),
    "suspend_vendor": (VENDOR, "Suspend", lambda w: vendor(w).suspended),
    "resume_vendor": (VENDOR, "Resume", lambda w: not vendor(w).suspended),
    "approve_vendor_account": (VENDOR, "Approve the new account", lambda w: vendor(w).psp_account == "acct_new"),
    "call_off_vendor_account": (VENDOR, "Call it off", lambda w: vendor(w).new_account is None),
}


@pytest.mark.parametrize("act", LABELS)
def test_each_act_is_asked_before_and_stands_in_the_history(world: World, act: str) -> None:
    params, label, holds = LABELS[act]
    if act == "resume_merchant":
        world.has_merchant(suspended=True)
    if act == "resume_vendor":
        world.has(Vendor("ven_1", "mer_1", "Baker", "acct_old", suspended=True))
    before = world.everything("MerchantsTable")
    desk = Widget(params).types(**({"client_id": "cli_9"} if act == "rotate_client_secret" else {})).press(label)
    assert "Is this right?" in desk.text
    assert world.everything("MerchantsTable") == before
    desk.types(by="Grace", reason="a phone call").press("Do it")
    assert "Nothing was done" not in desk.text, desk.text
    assert desk.confirmed
    assert holds(world)
    made = invoke("admin", {"action": "history", "merchant_id": "mer_1"})["items"][0]
    assert (made["by"], made["reason"], made["via"], made["call"]) == ("Grace", "a phone call", "desk", act)
    shown = Widget(MERCHANT).text
    assert "Grace (desk)" in shown
    assert "a phone call" in shown


def test_every_act_is_tried_here() -> None:
    of_payouts = {"approve_payout", "refuse_payout", "resolve_payout"}
    assert set(ACCOUNT_ACTS) == set(LABELS) | of_payouts


@pytest.mark.parametrize("act", LABELS)
def test_a_page_that_is_old_does_nothing(world: World, act: str) -> None:
    """The account changes between the confirmation and its button."""
    params, label, _ = LABELS[act]
    if act.startswith("resume"):
        return
    desk = Widget(params).types(**({"client_id": "cli_9"} if act == "rotate_client_secret" else {})).press(label)
    desk.types(by="Grace", reason="x")
    if act == "rotate_client_secret":
        world.has(Client("cli_9", "mer_1", ("scrypt$11$11",), ("orders:read",)))
    elif act == "revoke_connector":
        item = {"pk": {"S": "MERCHANT#mer_1"}, "sk": {"S": "CONNECTION#stripe"}, "revision": {"N": "2"}}
        own = Connection("mer_1", "stripe", Mode.TEST, test=Credentials("other", ()), revision=2)
        client("dynamodb").put_item(TableName="MerchantsTable", Item=item | {"document": {"S": to_json(own)}})
    elif params is VENDOR:
        world.has(Vendor("ven_1", "mer_1", "Baker and sons", "acct_old", new_account=WAITS))
    else:
        invoke("admin", {"action": "update_merchant", "merchant_id": "mer_1", "name": "Ida"})
    before = world.everything("MerchantsTable")
    desk.press("Do it")
    assert "Nothing was done: it has changed since you were shown it" in desk.text
    assert world.everything("MerchantsTable") == before


def test_pressed_twice_a_secret_is_replaced_once(world: World) -> None:
    first, second = (Widget(MERCHANT).press("New signing secret") for _ in "ab")
    for desk in (first, second):
        desk.types(by="Grace", reason="x").press("Do it")
    assert "whsec_" in first.text
    assert "Nothing was done" in second.text
    assert len(merchant(world).old_signing_secrets) == 1


@pytest.mark.parametrize("act", ACCOUNT_ACTS)
def test_an_act_without_a_button_or_a_name_does_nothing(world: World, act: str) -> None:
    before = world.everything("MerchantsTable")
    named = {"merchant_id": "mer_1", "vendor_id": "ven_1", "client_id": "cli_9", "key_id": "sig_1", "mode": "test"}
    for carried in ({}, {"merchant_id": "mer_1"}, named):
        desk = Widget({"view": "find"})
        desk.call(ACTS, {"act": act, **carried})
        assert "Nothing was done" in desk.text
    assert world.everything("MerchantsTable") == before


def test_who_asked_for_the_account_cannot_approve_it(world: World) -> None:
    desk = Widget(VENDOR)
    assert "Ada has asked for the account acct_new" in desk.text
    desk.press("Approve the new account").types(by="ada", reason="it is me").press("Do it")
    assert "Nothing was done: Ada has asked for it" in desk.text
    assert vendor(world).psp_account == "acct_old"


@pytest.mark.parametrize(("label", "status"), [("Approve", "PAID"), ("Refuse", "FAILED")])
def test_a_payout_is_found_and_decided(world: World, label: str, status: str) -> None:
    payout_id = waiting_payout(world)
    desk = Widget({"view": "find"}).types(find_text=payout_id).press("Find")
    assert "a person" in desk.text
    desk.press(label)
    assert "EUR of mer_1" in desk.text
    desk.types(by="Grace", reason="called the merchant").press("Do it")
    assert f"The payout is {status}." in desk.text
    payout = world.system.payouts.load(payout_id)
    assert payout
    assert payout.decision == "Grace: called the merchant"


def test_a_vendors_statement_adds_up(world: World) -> None:
    for each in (entry(1, 100), entry(1, -30, name="f")):
        client("dynamodb").transact_write_items(TransactItems=posts("OrdersTable", "mer_1", [each]))
    desk = Widget(VENDOR)
    assert "Owed in all 0.70 EUR; of it 0.70 EUR in no payout yet" in desk.text
    assert "(2 of 2)" in desk.text
    desk.types(statement_currency="CHF").press("Show statement")
    assert "Owed in all 0.00 CHF" in desk.text


def test_what_was_booked_today_is_added_up(world: World) -> None:
    world.paid()
    assert world.call("capture_payment", {}).status == 200
    assert "49.99 EUR" in Widget(MERCHANT).text


def test_hostile_accounts_are_harmless(world: World) -> None:
    new = NewAccount(HOSTILE, HOSTILE, NOON, NOON + timedelta(hours=48))
    world.has(Vendor("ven_1", "mer_1", HOSTILE, HOSTILE, new_account=new))
    said = {"action": "update_merchant", "merchant_id": "mer_1", "name": HOSTILE, "by": HOSTILE, "reason": HOSTILE}
    assert "error" not in invoke("admin", said)
    for params in (MERCHANT, VENDOR):
        _is_harmless(Widget(params))
    for label in ("Approve the new account", "Suspend"):
        _is_harmless(Widget(VENDOR).press(label))
    for name in ("payout_id", "vendor_id", "merchant_id", "act", "currency"):
        desk = Widget({"view": "find"})
        for view in ("payout", "vendor", "merchants", "confirm_account"):
            desk.call(READS, {"view": view, "merchant_id": "mer_1", "vendor_id": "ven_1", name: HOSTILE})
            _is_harmless(desk)

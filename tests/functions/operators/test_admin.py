"""Operators' calls: accounts, vendors, suspensions, rotations (RG-9). Secrets are told once and stored as hashes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.functions.world import World, invoke, sample
from tillgate.domain.merchants.account import Client
from tillgate.domain.merchants.vendor import Vendor
from tillgate.runtime.aws import client
from tillgate.use_cases.merchants.client_secrets import hash_secret, matches

DEFAULTS = {"card": "sandbox", "bank_redirect": "sandbox", "gift_card": "sandbox"}
Admin = Callable[..., dict[str, Any]]


@pytest.fixture
def admin(world: World, monkeypatch: pytest.MonkeyPatch) -> Admin:
    """Calls the function with a sample's fields, changed; KMS has the key."""
    key_id = client("kms").create_key()["KeyMetadata"]["KeyId"]
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", key_id)

    def call(action: str, **fields: Any) -> dict[str, Any]:
        return invoke("admin", sample(f"admin_{action}") | fields)

    return call


def test_a_merchant_is_made_and_can_get_a_token(world: World, admin: Admin) -> None:
    made = admin("create_merchant")
    assert set(made) >= {"merchant_id", "client_id", "client_secret", "signing_secret"}
    assert made["signing_secret"].startswith("whsec_")
    merchant = world.system.merchants.merchant(made["merchant_id"])
    assert merchant is not None
    assert (merchant.name, merchant.suspended, merchant.methods) == ("Ada's tickets", False, DEFAULTS)
    form = f"client_id={made['client_id']}&client_secret={made['client_secret']}"
    assert world.call("issue_token", form, headers={"Authorization": None}).status == 200
    stored = json.dumps(world.everything("MerchantsTable"))
    assert made["client_secret"] not in stored
    assert made["signing_secret"] not in stored


def test_a_merchant_is_suspended_and_comes_back(world: World, admin: Admin) -> None:
    assert admin("suspend_merchant")["suspended"] is True
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant is not None
    assert merchant.suspended is True
    assert merchant.name == "Ada"
    assert admin("resume_merchant")["suspended"] is False


def test_a_merchant_is_changed(world: World, admin: Admin) -> None:
    assert admin("update_merchant")["name"] == "Ada's shows"
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant is not None
    assert merchant.update_url == "https://shop.example.com/changed"
    assert merchant.methods == {"card": "sandbox", "gift_card": "sandbox", "bank_redirect": "sandbox"}


def test_a_vendor_is_made_and_suspended(world: World, admin: Admin) -> None:
    vendor_id = admin("create_vendor")["vendor_id"]
    assert world.system.merchants.vendor("mer_1", vendor_id) == Vendor(vendor_id, "mer_1", "Theatre", "acct_theatre")
    assert admin("suspend_vendor", vendor_id=vendor_id) == {"vendor_id": vendor_id, "suspended": True}
    (vendor,) = world.system.merchants.vendors("mer_1")
    assert vendor.suspended is True
    assert admin("resume_vendor", vendor_id=vendor_id) == {"vendor_id": vendor_id, "suspended": False}


def test_a_rotation_keeps_the_secret_before_until_the_next(world: World, admin: Admin) -> None:
    world.has(Client("cli_1", "mer_1", (hash_secret("first"),)))
    second = admin("rotate_client_secret")["client_secret"]

    def works(secret: str) -> bool:
        known = world.system.merchants.client("cli_1")
        assert known is not None
        return any(matches(secret, stored) for stored in known.secret_hashes)

    assert works("first")
    assert works(second)
    third = admin("rotate_client_secret")["client_secret"]
    assert not works("first")
    assert works(second)
    assert works(third)


def test_a_signing_secret_is_told_and_sealed(world: World, admin: Admin) -> None:
    rotated = admin("rotate_signing_secret")
    assert rotated["merchant_id"] == "mer_1"
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant is not None
    assert merchant.signing_secret
    assert rotated["signing_secret"] not in merchant.signing_secret


@pytest.mark.parametrize(
    "call",
    [
        {},
        {"action": "drop_tables"},
        {"action": None},
        {"action": ["create_merchant"]},
        {"action": {"a": 1}},
        {"action": "create_merchant"},
        {"action": "create_vendor", "merchant_id": "mer_9", "name": "x", "psp_account": "y"},
        {"action": "suspend_merchant", "merchant_id": "mer_9"},
        {"action": "suspend_vendor", "merchant_id": "mer_1", "vendor_id": "ven_9"},
        {"action": "rotate_client_secret", "client_id": "cli_9"},
        {"action": "rotate_signing_secret", "merchant_id": "mer_9"},
        {"action": "update_merchant", "merchant_id": "mer_1", "name": 7},
        {"action": "update_merchant", "merchant_id": "mer_1", "methods": ["card"]},
        {"action": "update_merchant", "merchant_id": "mer_1", "methods": {"card": None}},
        {"action": "update_merchant", "merchant_id": "mer_1", "methods": {"card": "nobody"}},
        {"action": "update_merchant", "merchant_id": "mer_1", "methods": {"cheque": "sandbox"}},
        {"action": "create_merchant", "name": "Ada", "methods": {"card": "nobody"}},
        {"action": "update_merchant", "merchant_id": "mer_1", "update_url": "http://shop.example.com"},
        {"action": "create_merchant", "name": {"a": 1}},
        {"action": "create_vendor", "merchant_id": "mer_1", "name": "x", "psp_account": 7},
        {"action": "suspend_merchant", "merchant_id": 7},
    ],
    ids=json.dumps,
)
def test_what_cannot_be_done_says_so_and_changes_nothing(world: World, admin: Admin, call: dict[str, Any]) -> None:
    before = world.everything("MerchantsTable")
    assert list(invoke("admin", call)) == ["error"]
    assert world.everything("MerchantsTable") == before


def test_the_key_that_signs_tokens_is_rotated(world: World, admin: Admin) -> None:
    rotated = admin("rotate_token_key")
    keys = world.system.token_keys.public(fresh=True)
    assert keys
    assert [key.kid for key in keys.keys] == [rotated["key_id"], "k2", "k1"]
    assert rotated["signs_from"] == "2030-01-01T12:10:00Z"
    assert set(admin("rotate_token_key")) == {"error"}
    assert set(admin("rotate_token_key", revoke_now="yes")) == {"error"}

"""Whose account with a PSP is used: a merchant's own, test or live, or the deployment's (GO-8)."""

import json

import pytest

from tests.functions.acme import CREDENTIALS, LIVE, put, with_acme
from tests.functions.aws import PSP_SECRET
from tests.functions.world import World
from tillgate.connectors.host.credentials import MODE, credentials, is_set_up, mode_in_use
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.aws import client

PLATFORM = CREDENTIALS | {"secret_key": "sk_platform"}


@pytest.fixture
def acme(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    return with_acme(world, monkeypatch)


def test_a_connector_that_needs_none_gets_none(acme: World) -> None:
    assert credentials(acme.system, "offline", "mer_1") == {}
    assert is_set_up(acme.system, "offline", "mer_1")
    assert mode_in_use(acme.system, "offline", "mer_1") is None


def test_the_deployments_own_account_serves_every_merchant(acme: World) -> None:
    assert credentials(acme.system, "sandbox", "mer_1") == PSP_SECRET
    assert credentials(acme.system, "sandbox", "mer_2") == PSP_SECRET
    assert is_set_up(acme.system, "sandbox", "mer_1")


def test_without_any_there_is_nothing(acme: World) -> None:
    assert credentials(acme.system, "acme", "mer_1") is None
    assert not is_set_up(acme.system, "acme", "mer_1")
    with pytest.raises(KeyError):
        credentials(acme.system, "nobody", "mer_1")


def test_a_merchants_own_account_comes_before_the_deployments(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client("secretsmanager").create_secret(Name="Platform", SecretString=json.dumps(PLATFORM))
    monkeypatch.setenv("PSP_SECRETS", "acme=Platform")
    assert credentials(acme.system, "acme", "mer_1") == PLATFORM
    assert is_set_up(acme.system, "acme", "mer_1")
    put(acme, {"mode": "live", "credentials": LIVE})
    assert mode_in_use(acme.system, "acme", "mer_1") is Mode.LIVE
    assert credentials(acme.system, "acme", "mer_1") == {MODE: "live"} | LIVE
    assert credentials(acme.system, "acme", "mer_1", None) == PLATFORM  # of an earlier payment
    assert credentials(acme.system, "acme", "mer_2") == PLATFORM
    put(acme, {"mode": "live", "credentials": None})
    assert credentials(acme.system, "acme", "mer_1") == PLATFORM


def test_a_payment_keeps_the_mode_that_it_was_begun_with(acme: World) -> None:
    put(acme, {"mode": "test", "credentials": CREDENTIALS})
    put(acme, {"mode": "live", "credentials": LIVE})
    assert credentials(acme.system, "acme", "mer_1") == {MODE: "live"} | LIVE
    assert credentials(acme.system, "acme", "mer_1", Mode.TEST) == {MODE: "test"} | CREDENTIALS
    put(acme, {"mode": "test", "credentials": None})
    assert credentials(acme.system, "acme", "mer_1", Mode.TEST) is None
    assert not is_set_up(acme.system, "acme", "mer_1", whose=Mode.TEST)
    assert is_set_up(acme.system, "acme", "mer_1")


def test_where_merchants_can_set_nothing_nothing_is_read(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acme.system.connections, "find", None)
    assert credentials(acme.system, "offline", "mer_1") == {}
    assert is_set_up(acme.system, "offline", "mer_1")
    assert mode_in_use(acme.system, "offline", "mer_1") is None

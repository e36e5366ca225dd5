"""A PSP whose credentials merchants set themselves. `says` is what it says to the harmless call."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

import pytest

from tests.functions.scripted_psp import CAN, ScriptedPsp
from tests.functions.world import World
from tillgate.connectors.host import registry
from tillgate.connectors.v1 import Can, Http, Manifest
from tillgate.runtime.aws import client

CREDENTIALS = {
    "secret_key": "sk_test_1234567890",
    "publishable_key": "pk_test_1234567890",
    "webhook_secret": "whsec_of_acme_1",
}
LIVE = {name: value.replace("1234567890", "0987654321") + "_live" for name, value in CREDENTIALS.items()}


class AcmeConnector:
    asked: ClassVar[list[Mapping[str, str]]] = []
    says: ClassVar[list[Exception]] = []

    def __init__(self, credentials: Mapping[str, str], http: Http, now: Callable[[], datetime]) -> None:
        self._credentials = credentials

    def check(self) -> None:
        self.asked.append(self._credentials)
        if self.says:
            raise self.says.pop()


class Uncheckable:
    def __init__(self, *_: Any) -> None:
        """It has no harmless call."""


ACME = Manifest(
    name="acme",
    title="Acme Pay",
    load=f"{__name__}:AcmeConnector",
    methods={
        "card": replace(CAN, redirect="after", stores=True),
        "wallet": Can(inputs=frozenset({"hosted"})),
        "gift_card": replace(CAN, balance=True),
    },
    hosts=frozenset({"api.acme.example"}),
    credentials=frozenset(CREDENTIALS),
    public=frozenset({"publishable_key"}),
    webhook_secrets=frozenset({"webhook_secret"}),
)

PLAIN = replace(ACME, name="plain", title="Plain Pay", load=f"{__name__}:Uncheckable")


def with_acme(world: World, monkeypatch: pytest.MonkeyPatch, manifest: Manifest = ACME) -> World:
    """The world with KMS's key, and with Acme among the connectors of the deployment."""
    key_id = client("kms").create_key()["KeyMetadata"]["KeyId"]
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", key_id)
    monkeypatch.setitem(registry.ours(), manifest.name, f"{__name__}:{manifest.title.upper().partition(' ')[0]}")
    monkeypatch.setattr(AcmeConnector, "asked", [])
    monkeypatch.setattr(AcmeConnector, "says", [])
    offline = registry.manifest("offline")
    world.system.connectors.setdefault("offline", ScriptedPsp(name="offline", manifest=offline))
    world.system.connectors[manifest.name] = ScriptedPsp(name=manifest.name, manifest=manifest)
    return world


def put(world: World, body: Mapping[str, Any], connector: str = "acme", **more: Any) -> Any:
    return world.call("set_connector", dict(body), path={"connector": connector}, **more)

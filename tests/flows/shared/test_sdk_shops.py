"""The SDKs' examples on the deployed system, from packages as `make sdk` builds them (GO-12).

The first payments are what `make newcomer` times; the shops sell a ticket.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from standardwebhooks.webhooks import Webhook

from tests.conftest import ROOT, Stack
from tests.flows.client import FORM, JSON, Merchant, eventually, send
from tools.sdk import build

pytestmark = pytest.mark.flow

NPM = ROOT / "tools" / "npm" / "node_modules"


@dataclass(frozen=True)
class Command:
    """A program in a folder that has the SDK installed."""

    folder: Path
    words: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    def of(self, example: str) -> Command:
        return replace(self, words=[*self.words, example])


def account(stack: Stack) -> dict[str, str]:
    """What `make env` exports."""
    first = stack["merchants"][0]
    credentials = {name: str(first[name.lower()]) for name in ("CLIENT_ID", "CLIENT_SECRET", "SIGNING_SECRET")}
    return credentials | {"API": str(stack["api_url"])}


@contextmanager
def running(shop: Command, stack: Stack) -> Iterator[str]:
    """The shop's address while it runs: where a server of a developer's own may be notified."""
    url = str(stack["listen_urls"][-1])
    port = urlsplit(url).port
    environment = os.environ | account(stack) | shop.environment
    process = subprocess.Popen([*shop.words, str(port)], cwd=shop.folder, env=environment)
    try:
        eventually(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def sells(shop: str, merchant: Merchant) -> None:
    """The shopper buys and pays; the shop is notified, and ships once, however often it is told."""
    assert "nothing bought yet" in send("GET", f"{shop}/").text
    bought = send("POST", f"{shop}/buy", "", {"Content-Type": FORM})
    assert bought.status == 303
    menu = bought.headers["location"]
    order = {"order_key": menu.partition("/pay/")[2].partition("?")[0]}
    merchant.start(order)
    shipped = merchant.becomes(order, "PAID")
    forged = notification(merchant, shipped) | {"webhook-signature": "v1,AAAA"}
    assert send("POST", f"{shop}/events", body(shipped), forged).status == 400
    for _ in range(2):
        assert send("POST", f"{shop}/events", body(shipped), notification(merchant, shipped)).status == 204
    operations = merchant.read(order)["payments"][0]["operations"]
    assert [each["type"] for each in operations] == ["authorize", "capture"]
    assert "PAID" in send("GET", f"{shop}/?order_key={order['order_key']}").text


def pays(first: Command, stack: Stack, merchant: Merchant) -> None:
    environment = os.environ | account(stack) | first.environment
    done = subprocess.run(first.words, cwd=first.folder, env=environment, capture_output=True, text=True, check=True)
    payment_id, status = done.stdout.split()
    assert status == "CAPTURED"
    assert merchant.call("GET", f"/payments/{payment_id}").expect(200)["amounts"]["captured"] == 4999


def body(order: JSON) -> str:
    return json.dumps({"type": "order.updated", "timestamp": order["updated_at"], "data": order})


def notification(merchant: Merchant, order: JSON) -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(merchant.account["signing_secret"]).sign("msg_1", now, body(order))
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Runs an example with the wheel installed."""
    folder = tmp_path_factory.mktemp("python")
    with zipfile.ZipFile(build.python(folder)) as wheel:
        wheel.extractall(folder / "installed")  # what pip does with a pure wheel
    shutil.copytree(ROOT / "sdk" / "python" / "example", folder, dirs_exist_ok=True)
    return Command(folder, [sys.executable], {"PYTHONPATH": str(folder / "installed")})


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Runs an example, compiled as its README says, with the npm package installed."""
    folder = tmp_path_factory.mktemp("typescript")
    shutil.unpack_archive(build.typescript(folder), folder / "unpacked", "gztar", filter="data")
    ignored = shutil.ignore_patterns("node_modules", "dist")
    shutil.copytree(ROOT / "sdk" / "typescript" / "example", folder, ignore=ignored, dirs_exist_ok=True)
    (folder / "node_modules").mkdir()
    shutil.copytree(folder / "unpacked" / "package", folder / "node_modules" / "tillgate-sdk")
    for name in ("@types", "undici-types"):
        (folder / "node_modules" / name).symlink_to(NPM / name)
    subprocess.run([str(NPM / ".bin" / "tsc")], cwd=folder, check=True)
    return Command(folder, ["node"])


def test_the_first_payment_in_python(python: Command, stack: Stack, merchant: Merchant) -> None:
    pays(python.of("first_payment.py"), stack, merchant)


def test_the_first_payment_in_typescript(node: Command, stack: Stack, merchant: Merchant) -> None:
    pays(node.of("dist/first_payment.js"), stack, merchant)


def test_the_python_shop(python: Command, stack: Stack, merchant: Merchant) -> None:
    with running(python.of("shop.py"), stack) as shop:
        sells(shop, merchant)


def test_the_typescript_shop(node: Command, stack: Stack, merchant: Merchant) -> None:
    with running(node.of("dist/shop.js"), stack) as shop:
        sells(shop, merchant)

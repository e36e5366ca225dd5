"""The SDKs' example shops sell a ticket on the deployed system, from packages as `make sdk` builds them."""

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
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from tests.conftest import ROOT, Stack
from tests.flows.client import FORM, JSON, Merchant, eventually, send
from tools.sdk import build

pytestmark = pytest.mark.flow

NPM = ROOT / "tools" / "npm" / "node_modules"


@contextmanager
def running(command: list[str | Path], folder: Path, stack: Stack, **more: str) -> Iterator[str]:
    """The shop's address while it runs."""
    account = stack["merchants"][0]
    credentials = {name: str(account[name.lower()]) for name in ("CLIENT_ID", "CLIENT_SECRET", "SIGNING_SECRET")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | credentials | {"API": str(stack["api_url"])} | more
    shop = subprocess.Popen([*map(str, command), str(port)], cwd=folder, env=environment)
    try:
        eventually(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        yield f"http://127.0.0.1:{port}"
    finally:
        shop.terminate()
        shop.wait(timeout=20)


def sells(shop: str, merchant: Merchant) -> None:
    """The shopper buys and pays; the shop is told, and ships once."""
    assert "nothing bought yet" in send("GET", f"{shop}/").text
    bought = send("POST", f"{shop}/buy", "", {"Content-Type": FORM})
    assert bought.status == 303
    menu = bought.headers["location"]
    order = {"order_key": menu.partition("/pay/")[2].partition("?")[0]}
    merchant.start(order)
    now = merchant.read(order)
    assert now["status"] == "AUTHORIZED"
    forged = notification(merchant, now) | {"webhook-signature": "v1,AAAA"}
    assert send("POST", f"{shop}/events", body(now), forged).status == 400
    for _ in range(2):
        assert send("POST", f"{shop}/events", body(now), notification(merchant, now)).status == 204
    shipped = merchant.becomes(order, "PAID")
    assert [each["type"] for each in shipped["payments"][0]["operations"]] == ["authorize", "capture"]
    assert "PAID" in send("GET", f"{shop}/?order_key={order['order_key']}").text


def body(order: JSON) -> str:
    return json.dumps({"type": "order.updated", "timestamp": order["updated_at"], "data": order})


def notification(merchant: Merchant, order: JSON) -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(merchant.account["signing_secret"]).sign("msg_1", now, body(order))
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}


def test_the_python_shop(stack: Stack, merchant: Merchant, tmp_path: Path) -> None:
    with zipfile.ZipFile(build.python(tmp_path)) as wheel:
        wheel.extractall(tmp_path / "installed")  # what pip does with a pure wheel
    shutil.copy(ROOT / "sdk" / "python" / "example" / "shop.py", tmp_path)
    with running([sys.executable, "shop.py"], tmp_path, stack, PYTHONPATH=str(tmp_path / "installed")) as shop:
        sells(shop, merchant)


def test_the_typescript_shop(stack: Stack, merchant: Merchant, tmp_path: Path) -> None:
    packed = build.typescript(tmp_path)
    installed = tmp_path / "node_modules" / "tillgate-sdk"
    shutil.unpack_archive(packed, tmp_path / "unpacked", "gztar", filter="data")
    shutil.copytree(tmp_path / "unpacked" / "package", installed)
    for name in ("@types", "undici-types"):
        (tmp_path / "node_modules" / name).symlink_to(NPM / name)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copy(ROOT / "sdk" / "typescript" / "example" / "shop.ts", tmp_path)
    compiler = [NPM / ".bin" / "tsc", "--strict", "--module", "nodenext", "--target", "es2022", "shop.ts"]
    subprocess.run(list(map(str, compiler)), cwd=tmp_path, check=True)
    with running(["node", "shop.js"], tmp_path, stack) as shop:
        sells(shop, merchant)

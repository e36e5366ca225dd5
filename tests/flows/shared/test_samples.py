"""The samples of the docs page, run as they stand there: an order is created, paid, captured and refunded (GO-12)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Stack
from tests.flows.client import JSON, Merchant, new_reference
from tools.api import openapi

pytestmark = pytest.mark.flow

NPM = ROOT / "tools" / "npm" / "node_modules"
LIFE = ("create_order", "start_payment", "get_order", "capture_payment", "refund_payment")
TYPESCRIPT = """
const { API, CLIENT_ID, CLIENT_SECRET, ORDER, PAYMENT } = process.env as Record<string, string>;
const [orderKey, paymentId] = [ORDER!, PAYMENT!];
"""
PYTHON = """
import json, os
API, CLIENT_ID, CLIENT_SECRET, order_key, payment_id = map(
    os.environ.get, ("API", "CLIENT_ID", "CLIENT_SECRET", "ORDER", "PAYMENT")
)
"""

Run = Callable[[str, dict[str, str]], str]


def source(language: str, operation: str, reference: str) -> str:
    """The sample; its order reference is one that was not used yet."""
    for verbs in openapi.document()["paths"].values():
        for each in verbs.values():
            if each["operationId"] == operation:
                (found,) = [every["source"] for every in each["x-codeSamples"] if every["label"] == language]
                return str(found).replace("2026-1001", reference)
    raise AssertionError(operation)


def told(command: list[str | Path], environment: dict[str, str], folder: Path = ROOT) -> str:
    run = subprocess.run(
        list(map(str, command)), cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def environment(stack: Stack, merchant: Merchant) -> dict[str, str]:
    """What `make env` sets, and nothing yet of an order."""
    credentials = {name: str(merchant.account[name.lower()]) for name in ("CLIENT_ID", "CLIENT_SECRET")}
    return {"API": str(stack["api_url"]), "TOKEN": merchant.token, "ORDER": "", "PAYMENT": ""} | credentials


def lives(run: Run, stack: Stack, merchant: Merchant) -> None:
    """Each call's answer leads to the next."""
    known = environment(stack, merchant)
    answers: dict[str, Any] = {}
    for operation in LIFE:
        answer: JSON = json.loads(run(operation, known))
        answers[operation] = answer
        known["ORDER"] = answer.get("order_key", known["ORDER"])
        known["PAYMENT"] = answer.get("payment_id", known["PAYMENT"])
    assert answers["get_order"]["status"] == "AUTHORIZED"
    assert answers["refund_payment"]["amounts"]["captured"] == 2499
    assert answers["refund_payment"]["amounts"]["refunded"] == 1000
    assert known["ORDER"] in run("list_orders", known)


def test_in_curl(stack: Stack, merchant: Merchant) -> None:
    reference = new_reference()
    lives(lambda name, known: told(["bash", "-c", source("curl", name, reference)], known), stack, merchant)
    answer = told(
        ["bash", "-c", source("curl", "issue_token", "")], {"API": str(stack["api_url"])} | credentials(stack)
    )
    assert json.loads(answer)["token_type"] == "Bearer"


def credentials(stack: Stack) -> dict[str, str]:
    return {name: str(stack["merchants"][0][name.lower()]) for name in ("CLIENT_ID", "CLIENT_SECRET")}


def test_in_python(stack: Stack, merchant: Merchant) -> None:
    reference = new_reference()
    path = {"PYTHONPATH": str(ROOT / "sdk" / "python" / "src")}

    def run(name: str, known: dict[str, str]) -> str:
        show = "" if name == "list_orders" else "print(json.dumps(answer))"
        return told([sys.executable, "-c", PYTHON + source("Python", name, reference) + show], known | path)

    lives(run, stack, merchant)


def test_in_typescript(stack: Stack, merchant: Merchant, tmp_path: Path) -> None:
    reference = new_reference()
    sdk = tmp_path / "node_modules" / "tillgate-sdk"
    shutil.copytree(ROOT / "sdk" / "typescript", sdk, ignore=shutil.ignore_patterns("node_modules", "dist"))
    for name in ("@types", "undici-types"):
        (tmp_path / "node_modules" / name).symlink_to(NPM / name)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name in (*LIFE, "list_orders"):
        show = "" if name == "list_orders" else "\nconsole.log(JSON.stringify(answer));"
        (tmp_path / f"{name}.ts").write_text(TYPESCRIPT + source("TypeScript", name, reference) + show)
    told([NPM / ".bin" / "tsc", "-p", "."], {}, sdk)
    strictly = ["--strict", "--module", "nodenext", "--target", "es2022"]
    told([NPM / ".bin" / "tsc", *strictly, *sorted(tmp_path.glob("*.ts"))], {}, tmp_path)
    lives(lambda name, known: told(["node", f"{name}.js"], known, tmp_path), stack, merchant)

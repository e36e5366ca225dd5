"""Clients that well-known generators make of the served document work, with no edits: they pay an order."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Stack
from tests.flows.client import new_reference, send

pytestmark = pytest.mark.flow

HERE = Path(__file__).parent / "generated"
CLIENTS = ROOT / ".local" / "venvs" / "clients" / "bin"
NPM = ROOT / "tools" / "npm" / "node_modules"


def run(*command: str | Path, cwd: Path) -> str:
    environment = os.environ | {"PATH": f"{CLIENTS}:{os.environ['PATH']}"}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def document(stack: Stack, tmp_path: Path) -> Path:
    """As the system serves it."""
    path = tmp_path / "openapi.json"
    path.write_text(send("GET", f"{stack['api_url']}/openapi.json").text)
    return path


def shop(stack: Stack) -> tuple[Any, ...]:
    """What a client is given: address, credentials, and a reference for its order."""
    account = stack["merchants"][0]
    return stack["api_url"], account["client_id"], account["client_secret"], new_reference()


PAID = "PAID PARTIALLY_REFUNDED 1000 duplicate_reference"


def test_openapi_python_client(stack: Stack, document: Path, tmp_path: Path) -> None:
    told = run("openapi-python-client", "generate", "--path", document, "--meta", "none",
               "--output-path", tmp_path / "generated", cwd=tmp_path)  # fmt: skip
    assert "arning" not in told, told
    program = tmp_path / "python_client.py"
    program.write_text((HERE / "python_client.py").read_text())
    assert run(CLIENTS / "python", program, *shop(stack), cwd=tmp_path).strip() == PAID


def test_openapi_typescript(stack: Stack, document: Path, tmp_path: Path) -> None:
    """Its types, strictly checked, with openapi-fetch."""
    (tmp_path / "node_modules").symlink_to(NPM)
    (tmp_path / "package.json").write_text(json.dumps({"type": "module"}))
    run(NPM / ".bin" / "openapi-typescript", document, "-o", "generated.ts", cwd=tmp_path)
    program = tmp_path / "typescript_client.ts"
    program.write_text((HERE / "typescript_client.ts").read_text())
    checked = ("--strict", "--module", "nodenext", "--target", "es2022", "--skipLibCheck", "--types", "node")
    run(NPM / ".bin" / "tsc", *checked, program.name, cwd=tmp_path)
    assert run("node", "typescript_client.js", *shop(stack), cwd=tmp_path).strip() == PAID

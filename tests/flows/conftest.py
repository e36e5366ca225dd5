"""The flows run against the deployed template: a local system of their own, beside any that `make run` started.

Each function is held to its role (IAM enforced), so a missing grant fails here and not in AWS.

    TILLGATE_STACK=.local/stack.json   uses a system that runs already, and leaves it running
    TILLGATE_TEST_PORT=4599            where the system of the tests listens; its shop takes the next port
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config

from tests.flows.books import Books
from tests.flows.client import Merchant
from tests.flows.inside import Client, Inside, read_secret
from tests.flows.psp import Psp

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".local" / "test"
PORT = os.environ.get("TILLGATE_TEST_PORT", "4599")

Stack = dict[str, Any]


@pytest.fixture(scope="session")
def stack_file() -> Iterator[Path]:
    """Brings the system up, once for all flows, and ends it after the last."""
    if given := os.environ.get("TILLGATE_STACK"):
        yield Path(given).resolve()
        return
    _local("down")  # what an interrupted run left
    _local("up", "--detach", "--enforce-iam")
    try:
        yield FOLDER / "stack.json"
    finally:
        _local("down")


@pytest.fixture(scope="session")
def stack(stack_file: Path) -> Stack:
    """What `.local/stack.json` says: URLs and the two demo merchants."""
    found: Stack = json.loads(stack_file.read_text())
    return found


@pytest.fixture(scope="session")
def resources(stack_file: Path) -> dict[str, str]:
    """Physical names of the stack's resources by their logical ids."""
    found: dict[str, str] = json.loads(stack_file.with_name("resources.json").read_text())
    return found


@pytest.fixture(scope="session")
def aws(stack: Stack) -> Client:
    """Clients of the local cloud's services, with the rights of an operator."""

    @cache
    def client(service: str) -> Any:
        return botocore.session.Session().create_client(
            service,
            region_name=stack["region"],
            endpoint_url=stack["endpoint_url"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(max_pool_connections=32),
        )

    return client


@pytest.fixture(scope="session")
def merchant(stack: Stack) -> Merchant:
    """The first demo merchant, as its own system calls us."""
    return Merchant(stack, stack["merchants"][0])


@pytest.fixture(scope="session")
def other_merchant(stack: Stack) -> Merchant:
    """The second one, who has nothing to look for in the first one's orders."""
    return Merchant(stack, stack["merchants"][1])


@pytest.fixture(scope="session")
def psp(stack: Stack, aws: Client, resources: dict[str, str]) -> Psp:
    """The sandbox PSP, spoken to with the secret that both sides share."""
    return Psp(stack["psp_url"], **read_secret(aws, resources["SandboxPspSecret"]))


@pytest.fixture(scope="session")
def inside(stack: Stack, aws: Client, resources: dict[str, str]) -> Iterator[Inside]:
    """The deployed system's use cases in this process; metrics they count need the names that functions have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_SERVICE_NAME", "tillgate")
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Tillgate")
        yield Inside(aws, resources, stack)


@pytest.fixture(scope="session")
def books(inside: Inside, psp: Psp) -> Books:
    """Compares what we say with what the PSP says."""
    return Books(inside, psp)


def _local(command: str, *options: str) -> None:
    """Runs `python -m local` in the environment of the local cloud."""
    subprocess.run([str(ROOT / "local" / "venv"), "local", "sam"], check=True)
    python = str(ROOT / ".local" / "venvs" / "local" / "bin" / "python")
    arguments = [python, "-m", "local", command, "--dir", str(FOLDER), "--port", PORT, *options]
    result = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        pytest.exit(f"local {command} failed:\n{result.stdout}{result.stderr}", returncode=2)

"""The local system that flows and browser tests share: the deployed template, beside any that `make run` started.

Each function is held to its role (IAM enforced), so a missing grant fails here and not in AWS.

    TILLGATE_STACK=.local/stack.json   uses a system that runs already, and leaves it running
    TILLGATE_TEST_PORT=4599            where the system of the tests listens; its shop takes the next port
    PSP=stripe                         the first demo merchant's cards go to what stands in for Stripe
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from hypothesis import HealthCheck, settings

from local.place import Place
from tillgate.runtime import aws as runtime_aws

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".local" / "test"
PORT = os.environ.get("TILLGATE_TEST_PORT", "4599")
LISTEN = f"http://127.0.0.1:{int(PORT) + 5}"  # a server of a developer's own

Stack = dict[str, Any]

settings.register_profile(  # no test depends on how fast the machine is
    "tillgate", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tillgate")

# Functions leave it out; here a parameter of the wrong shape is found before AWS finds it.
runtime_aws.config = runtime_aws.config.merge(Config(parameter_validation=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the local system comes last, so that it does not take the machine's time before; browsers after all
    others, as Playwright keeps an event loop running from its first test to the end."""
    last = {"flows": 1, "browser": 2}
    items.sort(key=lambda item: last.get(item.path.relative_to(ROOT).parts[1], 0))


@pytest.fixture
def clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """`time.time` says one full second, as signatures have it: however slow the machine, what is tested is a limit."""
    now = float(int(time.time()))
    monkeypatch.setattr(time, "time", lambda: now)


@pytest.fixture(scope="session")
def stack_file() -> Iterator[Path]:
    """Brings the system up, once for all tests that need it, and ends it after the last."""
    if given := os.environ.get("TILLGATE_STACK"):
        yield Path(given).resolve()
        return
    _local("down")  # what an interrupted run left
    _local("up", "--detach", "--enforce-iam", "--stripe", "--psp", os.environ.get("PSP", ""), "--listen", LISTEN)
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
def place(stack: Stack, stack_file: Path) -> Place:
    """Where that system is, for the time machine."""
    return Place(stack_file.parent, urlsplit(stack["endpoint_url"]).port or 0)


def _local(command: str, *options: str) -> None:
    """Runs `python -m local` in the environment of the local cloud."""
    subprocess.run([str(ROOT / "local" / "venv"), "local", "sam", "stripe"], check=True)
    python = str(ROOT / ".local" / "venvs" / "local" / "bin" / "python")
    arguments = [python, "-m", "local", command, "--dir", str(FOLDER), "--port", PORT, *options]
    result = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        pytest.exit(f"local {command} failed:\n{result.stdout}{result.stderr}", returncode=2)

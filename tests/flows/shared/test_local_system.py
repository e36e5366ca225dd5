"""The local system itself: what it writes down, and that its addresses answer."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import ROOT, Stack

pytestmark = pytest.mark.flow


def status(url: str) -> int:
    """The status of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=20) as response:  # noqa: S310 - one of our own addresses
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_stack_json_has_what_a_client_needs(stack: Stack) -> None:
    urls = {"api_url", "menu_url", "docs_url", "shop_url", "desk_url", "psp_url", "endpoint_url"}
    assert set(stack) == urls | {"region", "merchants", "listen_urls"}
    assert {urlsplit(stack[name]).hostname for name in urls} == {"127.0.0.1"}
    assert len(stack["merchants"]) == 2
    for merchant in stack["merchants"]:
        assert merchant["signing_secret"].startswith("whsec_")
        assert len(set(merchant["vendors"])) == 3
        assert merchant["refusing_vendor"] not in merchant["vendors"]


def test_the_shop_and_the_sandbox_answer(stack: Stack) -> None:
    assert status(f"{stack['shop_url']}/inbox") == 200
    assert status(stack["desk_url"]) == 200
    assert status(f"{stack['shop_url']}/return/success") == 404  # of no order: nobody is thanked
    assert status(f"{stack['shop_url']}/update?id=r-1&answer=503") == 503
    assert status(f"{stack['psp_url']}/payments/nobody") == 401
    assert status(f"{stack['api_url']}/orders") == 401


def test_who_stops_it_and_reads_what_it_says_does_not_wait_for_deletions(tmp_path: Path) -> None:
    """Some 100,000 files: `rm`, which here never ends by itself, must not keep the pipes of its caller open."""
    (tmp_path / "copies").mkdir()
    (tmp_path / "rm").write_text(f"#!/bin/sh\nread _ < {tmp_path}/gate\n")
    (tmp_path / "rm").chmod(0o755)
    os.mkfifo(tmp_path / "gate")
    code = "import sys; from pathlib import Path; from local.processes import discard; discard(Path(sys.argv[1]))"
    path = f"{tmp_path}:{os.environ['PATH']}"
    command = [sys.executable, "-c", code, str(tmp_path / "copies")]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"PATH": path}, capture_output=True, check=True, timeout=60)
    assert not (tmp_path / "copies").exists()
    with (tmp_path / "gate").open("w") as gate:  # waits for `rm`, so it had begun
        gate.write("go\n")

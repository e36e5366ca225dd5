"""The whole described API against the deployed system: no 5xx, nothing that is not described (schemathesis).

make test                     a small budget
make fuzz EXAMPLES=100        thousands of cases
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Stack
from tests.flows.client import send
from tests.flows.operators import Operators
from tests.template.reading import ROOT

pytestmark = pytest.mark.flow

EXAMPLES = os.environ.get("TILLGATE_FUZZ_EXAMPLES", "2")
SEED = os.environ.get("TILLGATE_FUZZ_SEED", "20300101")
CONFIGURATION = Path(__file__).parents[1] / "schemathesis.toml"
QUICK = ("examples", "fuzzing", "stateful")
WHOLE = ("examples", "coverage", "fuzzing", "stateful")


@pytest.mark.timeout(3600)
def test_nothing_breaks_it_and_nothing_is_answered_that_is_not_described(
    stack: Stack, operators: Operators, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = operators.payer("Fuzzed").token
    document = send("GET", f"{stack['api_url']}/openapi.json").text
    described = tmp_path / "openapi.json"
    described.write_text(document)
    command = [
        *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(CONFIGURATION)),
        *("run", str(described), "--url", stack["api_url"], "-H", f"Authorization: Bearer {token}"),
        *("--phases", ",".join(QUICK if int(EXAMPLES) < 5 else WHOLE), "--max-examples", EXAMPLES, "--seed", SEED),
        *("--workers", "2", "--request-timeout", "60", "--continue-on-failure", "--no-color"),
    ]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": "tests.flows.fuzz_hooks",
        "TILLGATE_SHOP_URL": stack["shop_url"],
    }
    result: Any = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-20000:] + result.stderr
    operations = sum(len(verbs) for verbs in json.loads(document)["paths"].values())
    assert counted(r"Tested: (\d+)", result.stdout) == operations  # the small budget leaves none out either
    with capsys.disabled():
        sys.stdout.write(f"\n{counted(r'(\d+) generated', result.stdout)} cases over {operations} calls\n")


def counted(pattern: str, told: str) -> int:
    found = re.search(pattern, told)
    assert found, told
    return int(found[1])

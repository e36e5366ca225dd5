"""What the connector API has mended is shown by tests that exist, and the core names no PSP (ADR 110)."""

import json
import re
from pathlib import Path
from typing import Any

from tillgate.connectors.host.registry import manifests, ours

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/adr/0110-connectors-have-types-of-their-own.md"
LAYER = ROOT / "layers/tillgate/tillgate"
CORE = [LAYER / name for name in ("api", "domain", "outbound", "runtime", "store", "use_cases", "connectors/host")]
STORED = {"entries.py", "packing.py"}  # stored ledger entries without a connector, and the dictionary that packs orders
NO_PSP = "offline"


def test_each_test_that_the_table_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
    known = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 20
    assert sorted(name for name in named if f"def {name}(" not in known) == []


def test_the_core_names_no_psp() -> None:
    psps = re.compile("|".join(name for name in ours() if name != NO_PSP), re.IGNORECASE)
    files = [path for folder in CORE for path in folder.rglob("*.py")]
    files += [LAYER / "wiring.py"]
    files += [path for path in (ROOT / "functions").rglob("*.py") if "sandbox_psp" not in path.parts]
    assert len(files) > 200
    assert {path.name for path in files if psps.search(path.read_text())} == STORED


def test_the_sample_calls_name_no_connector_that_a_deployment_lacks() -> None:
    """In production there is no stand-in. What the sandbox PSP itself sends is named after it."""
    everywhere = {each.name for each in manifests()}
    samples = [
        path for path in (ROOT / "events").glob("*.json") if not re.search("psp_notification|return_shopper", path.name)
    ]
    named = {(path.name, name) for path in samples for name in _connectors(json.loads(path.read_text()))}
    assert len(named) > 3
    assert {each for each in named if each[1] not in everywhere} == set()


def _connectors(said: Any) -> set[str]:
    """In a call's fields or path, or in its body, which is JSON in a text."""
    if isinstance(said, str):
        return _connectors(json.loads(said)) if said.startswith("{") else set()
    if isinstance(said, list):
        return {name for each in said for name in _connectors(each)}
    if not isinstance(said, dict):
        return set()
    found = {said["connector"]} if isinstance(said.get("connector"), str) else set()
    methods = said.get("methods")
    found |= set(methods.values()) if isinstance(methods, dict) else set()
    return found | {name for each in said.values() for name in _connectors(each)}

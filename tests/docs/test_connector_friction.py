"""What the connector API has mended is shown by tests that exist, and the core names no PSP (ADR 110)."""

import re
from pathlib import Path

from tillgate.connectors.host.registry import OURS

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
    psps = re.compile("|".join(name for name in OURS if name != NO_PSP), re.IGNORECASE)
    files = [path for folder in CORE for path in folder.rglob("*.py") if path.name != "registry.py"]
    files += [path for path in (ROOT / "functions").rglob("*.py") if "sandbox_psp" not in path.parts]
    assert len(files) > 200
    assert {path.name for path in files if psps.search(path.read_text())} == STORED

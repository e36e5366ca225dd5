"""CONTRIBUTING's map of subjects and floors is the one that the tree has."""

import re

from tests.conftest import ROOT

LAYER = ROOT / "layers" / "tillgate" / "tillgate"
FLOORS = ("functions", "use_cases", "domain", "store", "api", "tests")
SERVES_ALL = {"shared", "http", "docs", "sandbox_psp"}


def subjects_on(floor: str) -> set[str]:
    """The folders of a floor. The tests' are those of every kind of test that is sorted by subject."""
    if floor == "tests":
        return {path.name for path in (ROOT / "tests").glob("*/*/") if any(path.glob("test_*.py"))}
    folder = ROOT / floor if floor == "functions" else LAYER / floor
    return {path.name for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"}


def test_the_map_has_each_floors_subjects() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \|(.+)\|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    ticks = {subject: [cell.strip() for cell in cells.split("|")] for subject, cells in rows if cells.count("|") == 5}
    for place, floor in enumerate(FLOORS):
        told = {subject for subject, cells in ticks.items() if cells[place] == "✓"}
        assert told == subjects_on(floor) - SERVES_ALL, floor

"""CONTRIBUTING's map of subjects and floors is the one that the tree has."""

import re

from tests.conftest import ROOT

LAYER = ROOT / "layers" / "tillgate" / "tillgate"
FLOORS = ("functions", "use_cases", "domain", "store", "api", "tests")
BY_PSP = {"connectors", "psps"}
SERVES_ALL = {"shared", "http", "docs", "sandbox_psp", "host"}


def subjects_on(floor: str) -> set[str]:
    """The folders of a floor. The tests' are those of every kind of test that is sorted by subject, not by PSP."""
    if floor == "tests":
        sorted_by_subject = (each for each in (ROOT / "tests").glob("*/*/") if each.parent.name not in BY_PSP)
        return {path.name for path in sorted_by_subject if any(path.glob("test_*.py"))}
    folder = ROOT / floor if floor == "functions" else LAYER / floor
    return {path.name for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"}


def test_the_map_has_each_floors_subjects() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \|(.+)\|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    ticks = {subject: [cell.strip() for cell in cells.split("|")] for subject, cells in rows if cells.count("|") == 5}
    for place, floor in enumerate(FLOORS):
        told = {subject for subject, cells in ticks.items() if cells[place] == "✓"}
        assert told == subjects_on(floor) - SERVES_ALL, floor

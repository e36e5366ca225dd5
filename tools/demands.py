"""Fills in docs/demands.md. Ids and wording are maintained by hand; the tests that show each demand are found here.

A test shows a demand by naming its id. A demand that no test names is marked as not yet shown.
"""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "demands.md"
ID = re.compile(r"\b(?:CM|RG|TH|IS|EV|GO|US|ONE)-\d+\b")
ROW = re.compile(r"^\| (?P<id>[A-Z]+-\d+) \| (?P<words>.+?) \| .* \|$")
NOT_SHOWN = "not yet"


def render() -> str:
    """The page with every row's last cell regenerated and everything else unchanged."""
    shown = shown_by()
    return "".join(f"{_line(line, shown)}\n" for line in PAGE.read_text().splitlines())


def shown_by() -> dict[str, list[str]]:
    """The test files that name each demand."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(path for folder in ("tests", "proofs") for path in (ROOT / folder).rglob("test_*.py")):
        for demand in sorted(set(ID.findall(path.read_text()))):
            found[demand].append(path.relative_to(ROOT).as_posix())
    return found


def known() -> set[str]:
    """The ids of the demands on the page."""
    return {row["id"] for line in PAGE.read_text().splitlines() if (row := ROW.match(line))}


def named() -> dict[str, set[str]]:
    """Every demand that code, tests or documents name, with the files that name it."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in ("functions", "layers", "tests", "docs", "proofs", "tools", "local", "benchmarks", "statemachines"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".md", ".yaml") and "node_modules" not in path.parts:
                for demand in ID.findall(path.read_text()):
                    found[demand].add(path.relative_to(ROOT).as_posix())
    return found


def _line(line: str, shown: dict[str, list[str]]) -> str:
    row = ROW.match(line)
    if row is None:
        return line
    tests = ", ".join(f"[{Path(path).stem.removeprefix('test_')}](../{path})" for path in shown.get(row["id"], []))
    return f"| {row['id']} | {row['words']} | {tests or NOT_SHOWN} |"

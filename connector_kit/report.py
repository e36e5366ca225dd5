"""The table: what the manifest declares, and what the kit has seen of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from connector_kit.runner import Result
from connector_kit.setup_api import Setup
from tillgate.connectors.v1 import Manifest

MARKS = {"passed": "✓", "failed": "✗", "not shown": "○", "not declared": ""}
WHOLE = "all"  # the column of what concerns the whole connector


@dataclass(frozen=True, slots=True)
class Report:
    manifest: Manifest
    setup: Setup
    results: Sequence[Result]

    def count(self, ended: str) -> int:
        return sum(each.ended == ended for each in self.results)

    @property
    def columns(self) -> list[str]:
        return [*self.manifest.methods, WHOLE]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """Situation, and a mark for each column; without what nothing declares."""
        marks: dict[str, dict[str, str]] = {}
        for each in self.results:
            marks.setdefault(each.name, {})[each.method or WHOLE] = MARKS[each.ended]
        rows = [(name, [of.get(column, "") for column in self.columns]) for name, of in marks.items()]
        return [row for row in rows if any(row[1])]

    @property
    def summary(self) -> str:
        return (
            f"{self.count('passed')} passed, {self.count('failed')} failed, {self.count('not shown')} not shown,"
            f" {self.count('not declared')} not declared"
        )

    @property
    def stand_in(self) -> str:
        return f"Against {self.setup.stand_in}, written by {self.setup.written_by}.{self._vendors}"

    @property
    def _vendors(self) -> str:
        """How vendors get their parts: of a way that no check is about, nothing was shown."""
        way = self.manifest.marketplace
        if way == "none":
            return ""
        shown = any(each.name.startswith("vendor's part:") and each.ended == "passed" for each in self.results)
        return f" Vendors' parts: {way}{'' if shown else ', of which nothing is shown'}."

    def reasons(self, ended: str) -> list[str]:
        """One line a reason, with everything that it is the reason of."""
        named: dict[str, dict[str, list[str]]] = {}
        for each in self.results:
            if each.ended == ended:
                named.setdefault(each.why, {}).setdefault(each.name, []).append(each.method or WHOLE)
        return [f"{why}: {'; '.join(_place(self, name, on) for name, on in of.items())}" for why, of in named.items()]

    def text(self) -> str:
        width = max((len(name) for name, _ in self.rows), default=0)
        lines = [f"{'':{width}}  " + "  ".join(self.columns)]
        for name, marks in self.rows:
            cells = (f"{mark:^{len(column)}}" for mark, column in zip(marks, self.columns, strict=True))
            lines.append(f"{name:{width}}  " + "  ".join(cells).rstrip())
        lines += ["", *(f"✗ {line}" for line in self.reasons("failed"))]
        lines += [f"○ {line}" for line in self.reasons("not shown")]
        return "\n".join([*lines, self.stand_in, self.summary])

    def markdown(self) -> str:
        lines = [f"## {self.manifest.title}", "", f"{self.stand_in} {self.summary}.", ""]
        lines += [f"| situation | {' | '.join(self.columns)} |", f"| --- |{' :-: |' * len(self.columns)}"]
        lines += [f"| {name} | {' | '.join(marks)} |" for name, marks in self.rows]
        for title, ended in (("Failed", "failed"), ("Not shown, since of the stand-in", "not shown")):
            if reasons := self.reasons(ended):
                lines += ["", f"{title}:", "", *(f"- {line}" for line in reasons)]
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        results = [{"name": e.name, "method": e.method, "ended": e.ended, "why": e.why} for e in self.results]
        about = {"connector": self.manifest.name, "stand_in": self.setup.stand_in, "written_by": self.setup.written_by}
        return json.dumps({**about, "results": results}, indent=1) + "\n"


def _place(report: Report, name: str, columns: list[str]) -> str:
    """A situation, and the columns only where it does not hold for every column that declares it."""
    every = [mark for row, marks in report.rows if row == name for mark in marks if mark]
    return name if len(every) == len(columns) else f"{name} ({', '.join(columns)})"

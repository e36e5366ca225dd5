"""The mistakes: one small change each, found in the syntax tree and made in the text."""

import ast
import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

_TURNED = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
}
_OTHER = {"min": "max", "max": "min", "any": "all", "all": "any"}
# What DynamoDB compares in a condition, and texts that look like it and are none.
_COMPARISON = re.compile(r"attribute_(?:not_)?exists\([^)]*\)|[\w#{}]+ (?:<>|<=|>=|=|<|>) [\w:{}]+")
_NO_CONDITIONS = ("KeyConditionExpression", "UpdateExpression", "ProjectionExpression", "FilterExpression")


class Mistake(NamedTuple):
    """The text between two offsets of a file is replaced. A test notices it only if it reaches one of the lines."""

    path: Path
    source: str
    lines: range
    start: int
    end: int
    text: str
    what: str

    def __str__(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}:{self.lines.start}: {self.what}"

    def made(self) -> str:
        return self.source[: self.start] + self.text + self.source[self.end :]


class _Finder(ast.NodeVisitor):
    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = path.read_text()
        self.found: list[Mistake] = []
        self._whole: ast.expr | None = None
        self._lines = [0]
        for line in self.source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self.visit(ast.parse(self.source))

    def visit(self, node: ast.AST) -> None:
        """Remembers the whole expression around a mistake: any of its lines may be the one that is reached."""
        before = self._whole
        if isinstance(node, ast.expr):
            self._whole = before or node
        elif isinstance(node, ast.stmt):
            self._whole = None
        super().visit(node)
        self._whole = before

    def change(self, start: int, end: int, text: str, what: str) -> None:
        whole = self._whole
        lines = range(whole.lineno, (whole.end_lineno or 0) + 1) if whole else range(0)
        self.found.append(Mistake(self.path, self.source, lines, start, end, text, what))

    def start(self, node: ast.expr) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr) -> int:
        return self._lines[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)


class _InCode(_Finder):
    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Skips the decorators: with or without slots, behaviour is the same."""
        for each in node.body:
            self.visit(each)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "strict":  # of a zip of two that are equally long
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for operator, (left, right) in zip(node.ops, pairwise([node.left, *node.comparators]), strict=True):
            self._turn(operator, left, right)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in pairwise(node.values):
            self._turn(node.op, left, right)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._turn(node.op, node.left, node.right)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            text = ast.unparse(node)
            self.change(self.start(node), self.start(node) + len("not"), "", f"the first not is missing in {text[:80]}")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            text = str(not node.value)
            self.change(self.start(node), self.end(node), text, f"{node.value} becomes {text}")

    def visit_Name(self, node: ast.Name) -> None:
        if text := _OTHER.get(node.id):
            self.change(self.start(node), self.end(node), text, f"{node.id} becomes {text}")

    def _turn(self, operator: ast.AST, left: ast.expr, right: ast.expr) -> None:
        """Between two operands there are only the operator, brackets and line ends."""
        was, becomes = _TURNED.get(type(operator), ("", ""))
        if was:
            start = self.source.index(was, self.end(left), self.start(right))
            text = f"{ast.unparse(left)} {was} {ast.unparse(right)}"
            self.change(start, start + len(was), becomes, f"{was} becomes {becomes} in {text[:80]}")


class _InConditions(_Finder):
    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in _NO_CONDITIONS:
            self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and key.value in _NO_CONDITIONS):
                self.visit(value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._in_text(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._in_text(node)

    def _in_text(self, node: ast.expr) -> None:
        """All names in the condition stay in use: DynamoDB refuses unused values."""
        start = self.start(node)
        for found in _COMPARISON.finditer(self.source[start : self.end(node)]):
            for text, what in (
                ("OR attribute_not_exists(nothing)", "always"),
                ("AND attribute_exists(nothing)", "never"),
            ):
                place = start + found.start(), start + found.end()
                self.change(*place, f"({found[0]} {text})", f"{found[0]} holds {what}")


def in_code(path: Path) -> list[Mistake]:
    """Reversed comparisons, and for or, plus for minus, a missing not, True for False, min for max, any for all."""
    return _InCode(path).found


def in_conditions(path: Path) -> list[Mistake]:
    """Each comparison in a DynamoDB condition always holds, or never."""
    return _InConditions(path).found

"""The mistakes: one small change each, found in the syntax tree and made in the text."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
CONDITIONS = ("attribute_not_exists", "version = :read", "expires_epoch <")  # of the store, as DynamoDB reads them


class Mistake(NamedTuple):
    """The text between two offsets of a file is replaced."""

    path: Path
    line: int
    start: int
    end: int
    text: str
    what: str

    def made_in(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.end :]


def in_code(path: Path) -> list[Mistake]:
    """Turned comparisons, and for or, a missing not, plus for minus, True for False."""
    finder = _Finder(path, path.read_text())
    finder.visit(ast.parse(finder.source))
    return [each for each in finder.found if _is_python(each.made_in(finder.source))]


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Finder(ast.NodeVisitor):
    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.source = source
        self.found: list[Mistake] = []
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Not the decorators: slots or none behaves the same."""
        for each in node.body:
            self.visit(each)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "strict":  # of a zip of two that are equally long
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        turned = _COMPARISONS.get(type(node.ops[0]))
        if turned:
            self._between(node.left, node.comparators[0], turned)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self._between(node.values[0], node.values[1], "or" if isinstance(node.op, ast.And) else "and")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add | ast.Sub):
            self._between(node.left, node.right, "-" if isinstance(node.op, ast.Add) else "+")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._add(node, self._start(node), self._start(node.operand), "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._add(node, self._start(node), self._end(node), str(not node.value))

    def _between(self, left: ast.expr, right: ast.expr, word: str) -> None:
        """Replaces an operator; one with brackets or a line's end around it is left alone."""
        start, end = self._end(left), self._start(right)
        if self.source[start:end].replace(" ", "").isascii() and not set("()\n") & set(self.source[start:end]):
            self._add(left, start, end, f" {word} ")

    def _add(self, node: ast.expr, start: int, end: int, text: str) -> None:
        what = f"{self.source[start:end].strip()!r} becomes {text.strip()!r}"
        self.found.append(Mistake(self.path, node.lineno, start, end, text, what))

    def replace(self, node: ast.expr, text: str, what: str) -> None:
        self.found.append(Mistake(self.path, node.lineno, self._start(node), self._end(node), text, what))

    def _start(self, node: ast.expr) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr) -> int:
        return self._lines[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)


def in_conditions(path: Path) -> Iterator[Mistake]:
    """A condition that always holds."""
    source = path.read_text()
    finder = _Finder(path, source)
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr | ast.Constant) or id(node) in parts:
            continue
        text = ast.get_source_segment(source, node) or ""
        if text.startswith(('"', 'f"')) and '"""' not in text and any(condition in text for condition in CONDITIONS):
            finder.replace(node, '"attribute_not_exists(nothing)"', f"{text} always holds")
    yield from finder.found

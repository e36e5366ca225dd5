"""A constant that other modules copy is not patched in tests.

Functions are imported when they are first called. One that is first called in such a test would keep the patched value,
and all tests after it would find that.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

Pairs = Iterator[tuple[str, str]]
ROOT = Path(__file__).resolve().parents[3]


def patched(path: Path) -> Pairs:
    """Module and constant of each `setattr(module, "CONSTANT", ...)` and `patch.object(module, "CONSTANT", ...)`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) > 2):
            continue
        module, name = node.args[:2]
        is_patch = node.func.attr in ("setattr", "object") and isinstance(module, ast.Name)
        if is_patch and isinstance(name, ast.Constant) and str(name.value).isupper():
            yield ast.unparse(module), str(name.value)


def copied(path: Path) -> Pairs:
    """Module and constant of each `from ...module import CONSTANT`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = node.module.rpartition(".")[2]
            yield from ((module, alias.name) for alias in node.names if alias.name.isupper())


def all_of(find: Callable[[Path], Pairs], *folders: str) -> set[tuple[str, str]]:
    return {pair for folder in folders for path in (ROOT / folder).rglob("*.py") for pair in find(path)}


def test_no_patched_constant_is_copied() -> None:
    found = all_of(patched, "tests", "proofs")
    assert len(found) > 3, "they are written in another way now"
    assert found & all_of(copied, "layers/tillgate/tillgate", "functions") == set()

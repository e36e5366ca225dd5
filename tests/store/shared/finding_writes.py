"""Finds every public method of the store that writes, in its source."""

import ast
from collections.abc import Iterator
from pathlib import Path

STORE = Path(__file__).resolve().parents[3] / "layers/tillgate/tillgate/store"
WRITERS = ("write", "succeeds", "transact")
CLIENT = ("put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item")
WRITE_BY = {"Splits": ("DueIndex", "Orders"), "VendorPayments": ("DueIndex", "Orders"), "Merchants": ("Items",)}
WRITE_BY["TokenKeyStore"] = ("Items",)
THE_ONE_PLACE = ("shared/conditions.py", "shared/transactions.py")


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(STORE.rglob("*.py")):
        yield str(path.relative_to(STORE)), ast.parse(path.read_text())


def found() -> set[str]:
    """`Class.method` of every public method that writes, itself or by another one of the store."""
    methods = {
        f"{owner.name}.{method.name}": _called(method)
        for name, module in sources()
        if name not in THE_ONE_PLACE
        for owner in ast.walk(module)
        if isinstance(owner, ast.ClassDef)
        for method in owner.body
        if isinstance(method, ast.FunctionDef)
    }
    delegating = {f"other.{name}" for name in _writing_functions()}
    writing = {name for name, called in methods.items() if called & {*WRITERS, *delegating}}
    while more := {name for name, called in methods.items() if _calls_one_of(name, called, writing)} - writing:
        writing |= more
    return {name for name in writing if not name.partition(".")[2].startswith("_")}


def _writing_functions() -> set[str]:
    """Functions of `orders/saving.py` that write, which the orders' own methods only call."""
    (module,) = (module for name, module in sources() if name == "orders/saving.py")
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    writing = {each.name for each in functions if _called(each) & set(WRITERS)}
    return writing | {each.name for each in functions if _called(each) & writing}


def called_directly() -> list[str]:
    """Where a writing method of the client is called past the one place."""
    return [
        f"{name}:{node.lineno}"
        for name, module in sources()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLIENT
    ]


def _called(method: ast.FunctionDef) -> set[str]:
    """Names of what it calls: `f`, `self.f` as `.f`, and `self.other.f` or `other.f` as `other.f`."""
    names = set()
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            names.add(f".{node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names.add(node.func.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names.add(f"other.{node.func.attr}")
    return names


def _calls_one_of(name: str, called: set[str], writing: set[str]) -> bool:
    owner = name.partition(".")[0]
    own = any(f"{owner}{each}" in writing for each in called if each.startswith("."))
    by = [each.partition(".") for each in writing]
    return own or any(f"other.{method}" in called for other, _, method in by if other in WRITE_BY.get(owner, ()))

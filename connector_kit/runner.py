"""Runs generated tests and says how each ended. The pytest plugin and the kit's own tests both use it."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from connector_kit.checks import Check, generated
from connector_kit.setup_api import CannotShow, Setup
from connector_kit.wire import Violation, no_other_calls
from connector_kit.world import NotDeclared, World
from tillgate.connectors.v1 import Manifest

Ended = Literal["passed", "failed", "not shown", "not declared"]


@dataclass(frozen=True, slots=True)
class Result:
    """`why` is the failure, or why the stand-in cannot show it. `method` is empty for the whole connector."""

    name: str
    method: str
    ended: Ended
    why: str = ""
    cause: BaseException | None = None


def run(manifest: Manifest, setup: Setup, check: Check, method: str) -> Result:
    """Runs one generated test, and counts what passes although the setup names it as a limit as failed."""
    limit = _limit(setup, check.name, method)
    result = _run(manifest, setup, check, method)
    if not limit or result.ended in ("not shown", "not declared"):
        return result
    if result.ended == "failed":
        return Result(check.name, method, "not shown", limit)
    return Result(check.name, method, "failed", f"it passes, so this limit no longer holds: {limit}")


def _run(manifest: Manifest, setup: Setup, check: Check, method: str) -> Result:
    try:
        setup.begin()
        with no_other_calls():
            check.run(World(manifest, setup, method))
    except NotDeclared:
        return Result(check.name, method, "not declared")
    except CannotShow as reason:
        return Result(check.name, method, "not shown", str(reason))
    except (AssertionError, Violation) as broken:
        return Result(check.name, method, "failed", str(broken), broken)
    except Exception as error:
        return Result(check.name, method, "failed", f"{type(error).__name__}: {error}", error)
    return Result(check.name, method, "passed")


def _limit(setup: Setup, name: str, method: str) -> str:
    names = (name, f"{name} [{method}]")
    matching = (
        why for pattern, why in setup.limits.items() if any(fnmatchcase(each, _literal(pattern)) for each in names)
    )
    return next(matching, "")


def _literal(pattern: str) -> str:
    """Only the star is special: names have brackets."""
    return pattern.replace("[", "[[]")


def run_all(manifest: Manifest, setup: Setup, only: str = "*") -> list[Result]:
    """Every generated test whose name matches; undeclared ones are results too."""
    results = []
    for check, method, declared in generated(manifest):
        if fnmatchcase(check.name, _literal(only)):
            undeclared = Result(check.name, method, "not declared")
            results.append(run(manifest, setup, check, method) if declared else undeclared)
    return results


def find_manifest(package: str) -> Manifest:
    """`MANIFEST` in `<package>.manifest`. Raises LookupError."""
    module = f"{package}.manifest"
    manifest = getattr(import_module(module), "MANIFEST", None) if _exists(module) else None
    if not isinstance(manifest, Manifest):
        raise LookupError(f"{module} has no MANIFEST")
    return manifest


def find_setup(package: str, module: str | None = None) -> type[Setup]:
    """The setup in the named module, in `tests.connectors.<name>.conformance`, or in `<package>.conformance`."""
    name = package.rpartition(".")[2]
    candidates = [module] if module else [f"tests.connectors.{name}.conformance", f"{package}.conformance"]
    for each in candidates:
        if _exists(each):
            return _setup_in(each)
    raise LookupError(f"no setup for {package}: looked for {' and '.join(candidates)}")


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _setup_in(module: str) -> type[Setup]:
    """The one concrete setup that the module defines itself."""
    found = import_module(module)
    own = [
        each
        for each in vars(found).values()
        if isinstance(each, type) and issubclass(each, Setup) and each.__module__ == found.__name__
    ]
    if len(own) != 1:
        raise LookupError(f"{module} defines {len(own)} setups, and one is needed")
    return own[0]

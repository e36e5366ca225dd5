"""The tests that a manifest generates. A check is one situation; it is run for every method that declares it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from connector_kit.world import World
from tillgate.connectors.v1 import Can, Manifest

Declared = Callable[[Manifest, Can], bool]
Run = Callable[[World], None]
_MODULES = (
    *("declaring", "offering", "authorizing", "shopper", "operating", "faults", "closing", "notifying", "unasked"),
    *("disputing", "storing", "carving", "transferring", "paying_out", "settling"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """`name` is "subject: situation". `whole`: once for the connector, not for each method."""

    name: str
    run: Run
    declared: Declared
    whole: bool

    @property
    def subject(self) -> str:
        return self.name.partition(":")[0]


_checks: dict[str, Check] = {}


def check(name: str, declared: Declared = lambda manifest, can: True, *, offline: bool = True) -> Callable[[Run], Run]:
    """Registers a check for every method whose capabilities declare it. `offline`: also where there is no PSP."""

    def holds(manifest: Manifest, can: Can) -> bool:
        return (offline or bool(manifest.hosts)) and declared(manifest, can)

    return _registers(name, holds, whole=False)


def check_whole(name: str, declared: Callable[[Manifest], bool] = lambda manifest: True) -> Callable[[Run], Run]:
    """Registers a check for the connector as a whole."""

    return _registers(name, lambda manifest, can: declared(manifest), whole=True)


def _registers(name: str, declared: Declared, *, whole: bool) -> Callable[[Run], Run]:
    def register(run: Run) -> Run:
        if name in _checks:
            raise ValueError(f"two checks are called {name}")  # the first one would never run
        _checks[name] = Check(name, run, declared, whole)
        return run

    return register


def every() -> list[Check]:
    for each in _MODULES:
        import_module(f"connector_kit.checks.{each}")
    subjects = list(dict.fromkeys(each.subject for each in _checks.values()))
    return sorted(_checks.values(), key=lambda each: subjects.index(each.subject))


def generated(manifest: Manifest) -> Iterator[tuple[Check, str, bool]]:
    """Every check with each method ("" for the whole connector), and whether the manifest declares it."""
    for each in every():
        if each.whole:
            anything = next(iter(manifest.methods.values()))
            yield each, "", each.declared(manifest, anything)
            continue
        for method, can in manifest.methods.items():
            yield each, method, each.declared(manifest, can)

"""Runs tests against mistakes: for each mistake a process is forked, in which it replaces the right code.

pytest collects once. A first child runs every test and records which lines of the package it reaches and how long it
takes. Then each mistake has a child: the functions that it changes get its code, and the tests that reach its lines
run, until one fails or they have taken `MOST`: first those that are named like the module, then the quickest files. A
mistake in what a module does when it is imported (a table, a default) is imported in place of the module, by a child
forked before the package was loaded; all tests that reach the module can notice it.

Why no library does it: docs/adr/0064-mistakes-are-made-by-a-runner-of-our-own.md.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import pickle
import resource
import signal
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.abc import Loader, MetaPathFinder
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from proofs.mutants.mistakes import Mistake

QUIET = ["-o", "addopts=--import-mode=importlib", "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:warnings"]
QUIET += ["--hypothesis-profile", "mutants"]  # after the profile that tests/conftest.py loads
OPTIMIZED = 1  # a flag that the code of functions has, and that of modules and classes has not
MOST = 10.0  # seconds of processor time for a mistake: what matters is noticed by a quick test, not by chance
DEADLOCK = 1200  # seconds
MEMORY = 6 << 30  # bytes

Place = tuple[str, int]


@dataclass
class Record:
    """The processor time of each test in seconds, and which tests reach a line."""

    costs: dict[str, float] = field(default_factory=dict)
    reached: dict[Place, set[str]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def reaching(self, mistake: Mistake) -> set[str]:
        return {test for line in mistake.lines for test in self.reached.get((str(mistake.path), line), ())}

    def reaching_module(self, mistake: Mistake) -> set[str]:
        """The tests that reach any of its module's functions; all if there are none."""
        path = str(mistake.path)
        return {test for (file, _), tests in self.reached.items() if file == path for test in tests} or {*self.costs}

    def chosen(self, items: Iterable[pytest.Item], mistake: Mistake) -> list[pytest.Item]:
        """Those that take no longer than `MOST` together, one at least, in the order in which they are to run.

        Tests of a file stay together, as they share slow fixtures.
        """
        files: dict[Path, float] = {}
        for item in (given := list(items)):
            files[item.path] = files.get(item.path, 0) + self.costs.get(item.nodeid, 0)
        far = {path: -likeness(path, mistake.path) for path in files}
        given.sort(key=lambda item: (far[item.path], files[item.path], item.path, self.costs.get(item.nodeid, 0)))
        spent = list(accumulate(self.costs.get(item.nodeid, 0) for item in given))
        return given[: max(1, bisect_right(spent, MOST))]


def likeness(test: Path, module: Path) -> int:
    """How much a file of tests has in its name of a module's; one in which calls race can notice any condition."""
    words = {*test.stem.split("_")}
    return 2 * len(words & {*module.stem.split("_")}) + (module.parent.name in test.parts) + 2 * ("races" in words)


class Session:
    """A plugin: instead of running the tests normally, it records them and tries the mistakes in functions."""

    def __init__(self, package: Path, mistakes: list[Mistake], jobs: int, kept: Path) -> None:
        self.package, self.mistakes, self.jobs, self.kept = package, mistakes, jobs, kept

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Writes a record and the survivors."""
        self.functions = _functions_of(self.package)
        _wait(_forked(lambda: self._record(session.items)))
        record: Record = pickle.loads(self.kept.read_bytes())  # noqa: S301 (our own)
        if record.failed:
            raise pytest.UsageError(f"These fail without a mistake: {record.failed}")
        gc.freeze()  # a child's collections leave the parent's memory shared
        survivors = surviving(self.mistakes, self.jobs, lambda mistake: self._passes(session.items, record, mistake))
        self.kept.write_bytes(pickle.dumps((record, survivors)))
        return True

    def _record(self, items: list[pytest.Item]) -> bool:
        record = Record()
        with _watched(self.functions) as reached:
            for item, following in zip(items, [*items[1:], None], strict=True):
                reached.clear()
                sys.monitoring.restart_events()
                start = time.process_time()
                if not _run(item, following):
                    record.failed.append(item.nodeid)
                record.costs[item.nodeid] = time.process_time() - start
                for place in reached:
                    record.reached.setdefault(place, set()).add(item.nodeid)
        self.kept.write_bytes(pickle.dumps(record))
        return True

    def _passes(self, items: list[pytest.Item], record: Record, mistake: Mistake) -> bool:
        self._replace(mistake)
        tests = record.reaching(mistake)
        chosen = record.chosen((item for item in items if item.nodeid in tests), mistake)
        _limit(sum(record.costs[item.nodeid] for item in chosen))
        return all(_run(*pair) for pair in zip(chosen, [*chosen[1:], None], strict=True))

    def _replace(self, mistake: Mistake) -> None:
        changed = _changed(mistake)
        for function in self.functions:
            code = function.__code__
            if code.co_filename == str(mistake.path):
                function.__code__ = changed.get((code.co_qualname, code.co_firstlineno), code)


class _Chosen:
    """A plugin: of all tests, those that are chosen for a mistake."""

    def __init__(self, record: Record, mistake: Mistake) -> None:
        self.record, self.mistake = record, mistake

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        tests = self.record.reaching_module(self.mistake)
        items[:] = self.record.chosen((item for item in items if item.nodeid in tests), self.mistake)


class _Importer(MetaPathFinder, Loader):
    """Imports a module with a mistake in it."""

    def __init__(self, mistake: Mistake, name: str) -> None:
        self.mistake, self.name = mistake, name

    def find_spec(self, fullname: str, path: object, target: object = None) -> Any:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.mistake.path, loader=self)

    def exec_module(self, module: Any) -> None:
        exec(compile(self.mistake.made(), self.mistake.path, "exec"), module.__dict__)  # noqa: S102 (our own)


@contextmanager
def _watched(functions: list[FunctionType]) -> Iterator[set[Place]]:
    """The lines of the package's functions that were reached since it was last cleared."""
    reached: set[Place] = set()
    monitoring, tool = sys.monitoring, sys.monitoring.COVERAGE_ID

    def on_line(code: CodeType, line: int) -> object:
        reached.add((code.co_filename, line))
        return monitoring.DISABLE

    monitoring.use_tool_id(tool, "mutants")
    monitoring.register_callback(tool, monitoring.events.LINE, on_line)
    for function in functions:
        for code in [function.__code__, *_functions(function.__code__)]:
            monitoring.set_local_events(tool, code, monitoring.events.LINE)
    yield reached
    monitoring.free_tool_id(tool)


def of_functions(mistakes: list[Mistake]) -> list[Mistake]:
    """The mistakes inside functions, not in code that runs on import."""
    return [each for each in mistakes if _changed(each)]


def tried(package: Path, tests: list[str], mistakes: list[Mistake], jobs: int, kept: Path) -> tuple[Record, list[int]]:
    """The record of all tests, and which of the mistakes in functions (by number) survive."""
    plugin = Session(package, mistakes, jobs, kept)
    _wait(_forked(lambda: pytest.main([*QUIET, *tests], plugins=[plugin]) == 0))
    found: tuple[Record, list[int]] = pickle.loads(kept.read_bytes())  # noqa: S301 (our own)
    return found


def passes_imported(package: Path, tests: list[str], record: Record, mistake: Mistake) -> bool:
    """Whether all tests pass with the mistake in a module's table or default. To be called in a fork."""
    name = ".".join([package.name, *mistake.path.relative_to(package).with_suffix("").parts])
    sys.meta_path.insert(0, _Importer(mistake, name))
    _limit(MOST + 20)
    return pytest.main(["-x", *QUIET, *tests], plugins=[_Chosen(record, mistake)]) == 0


def surviving(mistakes: list[Mistake], jobs: int, passes: Callable[[Mistake], bool]) -> list[int]:
    """Yields the numbers of mistakes with which every test passes, as soon as they are known; each runs in a fork."""
    running: dict[int, int] = {}
    found: list[int] = []

    def one_ends() -> None:
        process, status = os.wait()
        number = running.pop(process)
        print("." if status else f"\n  not noticed: {mistakes[number]}", end="" if status else "\n", flush=True)
        if status == 0:
            found.append(number)

    for number, mistake in enumerate(mistakes):
        running[_forked(lambda mistake=mistake: passes(mistake))] = number  # type: ignore[misc]
        while len(running) >= jobs:
            one_ends()
    while running:
        one_ends()
    return sorted(found)


def _forked(holds: Callable[[], bool]) -> int:
    """Forks a child that exits successfully if `holds` does."""
    sys.stdout.flush()
    if process := os.fork():
        return process
    status = 1
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        if not os.environ.get("MUTANTS_LOUD"):
            os.dup2(quiet, 2)
        status = 0 if holds() else 1
    finally:
        os._exit(status)


def _wait(process: int) -> None:
    _, status = os.waitpid(process, 0)
    if status:
        raise SystemExit("The tests could not be run.")


def _run(item: pytest.Item, following: pytest.Item | None) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def _limit(seconds: float) -> None:
    """Detects endless loops. It counts processor time, so a busy machine does not matter."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(3 * seconds + 10),) * 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(DEADLOCK)


def _functions(code: CodeType) -> Iterator[CodeType]:
    """The code objects of all functions in a module."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            if each.co_flags & OPTIMIZED:
                yield each
            yield from _functions(each)


def _changed(mistake: Mistake) -> dict[Place, CodeType]:
    right, wrong = (
        {(each.co_qualname, each.co_firstlineno): each for each in _functions(compile(text, mistake.path, "exec"))}
        for text in (mistake.source, mistake.made())
    )
    return {place: code for place, code in wrong.items() if code != right[place]}


def _functions_of(package: Path) -> list[FunctionType]:
    """All existing functions of a package, wherever and under whichever name they were imported."""
    functions = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
    return [each for each in functions if each.__code__.co_filename.startswith(str(package))]

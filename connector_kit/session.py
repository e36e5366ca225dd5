"""One pytest session with `--connector`: collects the generated tests, runs them, prints the table."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from connector_kit.checks import Check, generated
from connector_kit.report import Report
from connector_kit.runner import Result, find_manifest, find_setup, run
from connector_kit.setup_api import Setup
from tillgate.connectors.v1 import Manifest

_RESULT = pytest.StashKey[Result]()
_LETTERS = {"not shown": "o", "not declared": "-"}


class Kit:
    """The connector, its PSP, and what became of each test."""

    def __init__(self, manifest: Manifest, setup: Setup) -> None:
        self.manifest = manifest
        self.setup = setup
        self.results: dict[tuple[str, str], Result] = {}
        for check, method, _ in generated(manifest):
            self.results[check.name, method] = Result(check.name, method, "not declared")

    def report(self) -> Report:
        return Report(self.manifest, self.setup, list(self.results.values()))


class GeneratedTest(pytest.Item):
    def __init__(self, *, kit: Kit, check: Check, method: str, **more: Any) -> None:
        super().__init__(**more)
        self.kit = kit
        self.check = check
        self.method = method

    def runtest(self) -> None:
        result = run(self.kit.manifest, self.kit.setup, self.check, self.method)
        self.kit.results[self.check.name, self.method] = self.stash[_RESULT] = result
        if result.ended == "failed":
            raise result.cause or AssertionError(result.why)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name


class Generated(pytest.File):
    """All that the manifest declares."""

    kit: Kit

    def collect(self) -> Iterator[pytest.Item]:
        for check, method, declared in generated(self.kit.manifest):
            if declared:
                name = f"{check.name} [{method}]" if method else check.name
                yield GeneratedTest.from_parent(self, name=name, kit=self.kit, check=check, method=method)


class Generating:
    """The hooks. `origin` stands for the file that the tests would be in."""

    origin = __file__

    def __init__(self, config: pytest.Config) -> None:
        self._package = str(config.getoption("--connector"))
        try:
            setup = find_setup(self._package, config.getoption("--connector-setup"))
            self.kit = Kit(find_manifest(self._package), setup())
        except (LookupError, ImportError) as error:
            raise pytest.UsageError(str(error)) from error

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if file_path != Path(self.origin):
            return None
        file: Generated = Generated.from_parent(parent, path=file_path, name=self._package)
        file.kit = self.kit
        return file

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "call" and _RESULT in item.stash:
            report.user_properties.append(("ended", item.stash[_RESULT].ended))
        return report

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        ended = str(dict(getattr(report, "user_properties", ())).get("ended"))
        counts = report.when == "call" and ended in _LETTERS
        return (ended, _LETTERS[ended], ended.upper()) if counts else None

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section(f"conformance of {self._package}")
        terminalreporter.write_line(self.kit.report().text())

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        report = self.kit.report()
        for option, content in (("--connector-markdown", report.markdown), ("--connector-json", report.json)):
            if target := session.config.getoption(option):
                target.write_text(content())

    def pytest_unconfigure(self) -> None:
        self.kit.setup.close()

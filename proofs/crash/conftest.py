"""Prints the number of crashed places; logging is off, as it would show ten thousand crashes."""

import logging
from collections.abc import Iterator

import pytest

from proofs.summary import note


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    told = [value for report in reports for name, value in getattr(report, "user_properties", []) if name == "crash"]
    if not told:
        return
    terminalreporter.section("crash anywhere")
    for name, places, runs in told:
        terminalreporter.write_line(f"{places:6} places, {runs:6} runs   {name}")
    total = sum(places for _, places, _ in told), sum(runs for _, _, runs in told)
    terminalreporter.write_line(f"{total[0]:6} places, {total[1]:6} runs   in all")
    note("crash", places=total[0], runs=total[1], failed=len(terminalreporter.getreports("failed")))

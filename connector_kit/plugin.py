"""The pytest plugin: `pytest --connector PACKAGE` runs what the package's manifest generates, and prints the table.

Without the option it does nothing, and imports nothing.
"""

import sys
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("connector", "conformance of a Tillgate connector")
    group.addoption("--connector", metavar="PACKAGE", help="run the tests that this connector's manifest generates")
    group.addoption("--connector-setup", metavar="MODULE", help="where its setup is, if not where the kit looks")
    group.addoption("--connector-markdown", metavar="FILE", type=Path, help="write the table as Markdown")
    group.addoption("--connector-json", metavar="FILE", type=Path, help="write every result as JSON")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--connector"):
        from connector_kit.session import Generating

        sys.path.insert(0, str(config.invocation_params.dir))  # a connector that is not installed lies there
        generating = Generating(config)
        config.pluginmanager.register(generating)
        config.args = [generating.origin]

"""Each promise in docs/security.md names tests that exist."""

import re

from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = [line for line in TEXT.splitlines() if line.startswith("|") and "`tests/" in line]


def test_each_promise_names_tests_that_exist() -> None:
    assert len(ROWS) > 15
    for row in ROWS:
        source = ""
        for named in re.findall(r"`((?:tests/\S+\.py)?(?:::)?(?:test_\w+)?)`", row):
            path, _, test = named.rpartition("::") if "::" in named else (named, "", "")
            if not path.startswith("tests/"):
                path, test = "", named
            if path:
                source = (ROOT / path).read_text()
            assert not test or f"def {test}(" in source, named

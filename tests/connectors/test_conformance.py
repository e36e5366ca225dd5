"""Our connectors pass what their manifests generate; the tables in the docs say what was seen (ONE-7, ONE-10)."""

import pytest

from tools.conformance import CONNECTORS, PAGE, table


@pytest.mark.timeout(900)
@pytest.mark.parametrize("package", CONNECTORS)
def test_the_kits_table(package: str) -> None:
    code, output, markdown = table(package)
    assert code == 0, output
    assert markdown in PAGE.read_text(), "run make conformance"

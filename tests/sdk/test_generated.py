"""What is generated of the SDKs is what the document says now."""

from __future__ import annotations

import pytest

from tests.template.reading import ROOT
from tools.docs import GENERATED

PARTS = [path for path in GENERATED if path.startswith("sdk/")]


@pytest.mark.parametrize("path", PARTS)
def test_a_generated_part_is_fresh(path: str) -> None:
    assert (ROOT / path).read_text() == GENERATED[path](), "run python -m tools.docs"

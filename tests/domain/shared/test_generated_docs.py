"""What is generated is up to date; `python -m tools.docs` writes it anew."""

import pytest

from tools.docs import stale


@pytest.mark.timeout(900)  # the map of the lifecycle is explored
def test_no_generated_page_is_stale() -> None:
    assert stale() == []

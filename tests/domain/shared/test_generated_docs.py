"""What is generated is up to date; `python -m tools.docs` writes it anew."""

from tools.docs import stale


def test_no_generated_page_is_stale() -> None:
    assert stale() == []

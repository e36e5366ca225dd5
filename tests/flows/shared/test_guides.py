"""What README and guides tell a reader to type works, in order, from a fresh shell, any number of times (ONE-12)."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.place import Place
from tests.conftest import ROOT
from tests.docs.blocks import blocks_of, run

pytestmark = pytest.mark.flow

GUIDES = ["README.md", "docs/merchant-guide.md", "docs/recipes.md"]


@pytest.mark.parametrize("turn", ["first", "second"])
@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_can_be_followed_literally(name: str, turn: str, place: Place, tmp_path: Path) -> None:
    blocks = [block for block in blocks_of((ROOT / name).read_text()) if block.is_run]
    environment = {"TILLGATE_FOLDER": str(place.folder), "PORT": str(place.port)}
    said = run(blocks, ROOT, environment, tmp_path)
    wrong = {block.line: (block.answer, said[block.line]) for block in blocks if not block.promises(said[block.line])}
    assert wrong == {}

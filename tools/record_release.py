"""`python -m tools.record_release 0.1.0`: writes into tests/released/ what a release stores, for later ones to read.

Run it with the code of the release, before its tag: `make record RELEASE=0.1.0`.
"""

import json
import sys
from typing import Any

import pytest

from tests.functions.aws import cloud
from tests.released.forms import KINDS, example, forms
from tests.released.lives import LIVES, a_world, answers, stored
from tests.template.reading import ROOT
from tillgate.store.shared.documents import plain

FOLDER = ROOT / "tests" / "released"


def recorded() -> dict[str, Any]:
    """The form of all documents, an example of each, and what lies in the tables after each life."""
    return {
        "forms": forms(),
        "documents": {name: plain(example(kind)) for name, kind in sorted(KINDS.items())},
        "lives": {name: _life(name) for name in LIVES},
    }


def _life(name: str) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch, a_world(patch) as world:
        LIVES[name][0](world)
        items = stored()
        return {"tables": items, "answers": answers(world)}


def main(release: str) -> None:
    with cloud():
        (FOLDER / f"{release}.json").write_text(json.dumps(recorded(), ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])

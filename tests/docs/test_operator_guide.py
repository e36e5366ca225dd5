"""Every action of operators has a sample call that is right, and a line in the guide with all its fields (ONE-9)."""

import json
import re
from pathlib import Path

import pytest

from tests.handlers import handler_module
from tillgate.api.operators.actions import Action

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = (ROOT / "docs/operator-guide.md").read_text()
SAMPLES = [json.loads(path.read_text()) for path in sorted((ROOT / "events").glob("admin_*.json"))]


def actions() -> dict[str, Action]:
    found: dict[str, Action] = handler_module("admin").ACTIONS
    return found


def lines(action: str) -> list[str]:
    return [line for line in GUIDE.splitlines() if re.match(rf"\| (`\w+`, )*`{action}`", line)]


@pytest.mark.parametrize("action", actions())
def test_every_action_has_a_sample(action: str) -> None:
    assert any(sample["action"] == action for sample in SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample["action"]))
def test_every_sample_has_the_fields_that_the_action_takes(sample: dict[str, object]) -> None:
    action = actions()[str(sample["action"])]
    fields = set(sample) - {"action"}
    assert set(action.required) <= fields <= set(action.known)


@pytest.mark.parametrize("action", actions())
def test_every_action_is_in_the_guide_with_its_fields(action: str) -> None:
    written = " ".join(lines(action))
    missing = [name for name in actions()[action].known if f"`{name}`" not in written and f'"{name}"' not in written]
    assert written
    assert missing == []

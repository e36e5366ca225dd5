"""Answers of the deployed system, recorded by a flow and compared with it by the same flow (`examples.json`).

Record them anew with `TILLGATE_RECORD=1` and tests/flows/shared/test_examples.py.
"""

import json
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent / "examples.json"
_RECORDED: dict[str, Any] = json.loads(PATH.read_text()) if PATH.exists() else {"answers": {}, "event": {}}
ANSWERS: dict[str, dict[str, Any]] = _RECORDED["answers"]  # by operation, then by status and media type
EVENT: dict[str, Any] = _RECORDED["event"]

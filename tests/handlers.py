"""Finds the module of a Lambda handler by the name of its operation, wherever its folder lies in `functions/`."""

import importlib
from pathlib import Path
from types import ModuleType

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"


def handler_module(operation: str) -> ModuleType:
    """The module `functions.<subject>.<operation>.app`."""
    (folder,) = FUNCTIONS.glob(f"*/{operation}/app.py")
    return importlib.import_module(f"functions.{folder.parent.parent.name}.{operation}.app")

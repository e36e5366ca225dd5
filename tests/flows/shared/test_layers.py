"""A handler finds all it imports in its own folder and its layers, as in Lambda.

The emulator lets functions see its own packages, so a dependency missing from the layer would hide there.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

import pytest

from tests.template.reading import functions

pytestmark = pytest.mark.flow

IMPORT = """
import importlib, sys
sys.path[:0] = sys.argv[2:]
module, _, name = sys.argv[1].rpartition(".")
assert callable(getattr(importlib.import_module(module), name))
"""


@pytest.mark.parametrize("name", functions())
def test_a_handler_needs_nothing_but_its_layers(name: str, stack_file: Path) -> None:
    build = stack_file.parent / "sam" / "build"
    properties = functions()[name]
    layers = ["DependenciesLayer"] if "Layers" in properties else ["DependenciesLayer", "TillgateLayer"]
    folders = [str(build / name), *(str(build / layer / "python") for layer in layers)]
    handler = properties.get("Handler", "app.handler")
    # -I and -S: neither this environment's packages nor the working directory can help.
    command = [sys.executable, "-I", "-S", "-c", IMPORT, handler, *folders]
    environment = {"AWS_DEFAULT_REGION": "eu-west-1", "POWERTOOLS_SERVICE_NAME": "tillgate"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("layer", ["DependenciesLayer", "TillgateLayer"])
def test_a_layer_brings_the_byte_code_of_all_its_modules(layer: str, stack_file: Path) -> None:
    """Python takes it as it is: it was made by the runtime's version, and neither times nor contents are compared."""
    folder = stack_file.parent / "sam" / "build" / layer / "python"
    modules = list(folder.rglob("*.py"))
    compiled = [Path(cache_from_source(str(module))) for module in modules]
    heads = {path.read_bytes()[:8] for path in compiled if path.exists()}
    unchecked = (1).to_bytes(4, "little")  # PEP 552
    assert modules
    assert [str(path) for path in compiled if not path.exists()] == []
    assert heads == {MAGIC_NUMBER + unchecked}

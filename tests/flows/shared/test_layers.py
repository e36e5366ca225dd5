"""A handler finds all it imports in its own folder and its layers, as in Lambda.

The emulator lets functions see its own packages, so a dependency missing from the layer would hide there.
"""

from __future__ import annotations

import base64
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

SIGN = """
import sys
sys.path[:0] = sys.argv[1:]
import signing
signing._find_library()
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
formats = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
print(signing.token({"sub": "mer_1"}, "k1", ec.generate_private_key(ec.SECP256R1()).private_bytes(*formats)))
"""


@pytest.mark.parametrize("name", functions())
def test_a_handler_needs_nothing_but_its_layers(name: str, stack_file: Path) -> None:
    build = stack_file.parent / "sam" / "build"
    properties = functions()[name]
    own = [layer["Ref"] for layer in properties.get("Layers", [])]
    layers = own if "DependenciesLayer" in own else ["DependenciesLayer", "TillgateLayer", *own]  # beside the globals
    alone(IMPORT, properties.get("Handler", "app.handler"), str(build / name), *_folders(build, layers))


def test_a_token_is_signed_with_nothing_but_the_layers(stack_file: Path) -> None:
    """The library is imported with the first token, and the emulator has it too: only here would it be missed."""
    build = stack_file.parent / "sam" / "build"
    layers = ["DependenciesLayer", "TillgateLayer", "SigningLayer"]
    made = alone(SIGN, str(build / "IssueTokenFunction"), *_folders(build, layers))
    assert len(base64.urlsafe_b64decode(made.strip().split(".")[2] + "==")) == 64


def alone(code: str, *arguments: str) -> str:
    """What a process prints that neither this environment's packages nor the working directory can help."""
    command = [sys.executable, "-I", "-S", "-c", code, *arguments]
    environment = {"AWS_DEFAULT_REGION": "eu-west-1", "POWERTOOLS_SERVICE_NAME": "tillgate"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def _folders(build: Path, layers: list[str]) -> list[str]:
    return [str(build / layer / "python") for layer in layers]


@pytest.mark.parametrize("layer", ["DependenciesLayer", "TillgateLayer", "SigningLayer"])
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

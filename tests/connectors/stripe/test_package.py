"""What the package is: lean, data where data is enough, and without Stripe's own library."""

import ast
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
import stripe
from stripe._encode import _api_encode

import tillgate.connectors.stripe as package
from tests.connectors.stripe.cases import CREDENTIALS
from tillgate.connectors.stripe import wire
from tillgate.connectors.stripe.manifest import MANIFEST

LAYERS = Path(__file__).resolve().parents[3] / "layers"
FOLDER = Path(str(package.__file__)).parent


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.name)
def test_it_imports_the_connector_api_and_the_standard_library_alone(file: Path) -> None:
    for name in _imports(file):
        ours = name == "tillgate.connectors.v1" or name.startswith("tillgate.connectors.stripe")
        assert ours or name.split(".")[0] in sys.stdlib_module_names, name


def test_no_layer_has_stripes_library() -> None:
    files = [*LAYERS.rglob("*.py"), *LAYERS.rglob("requirements.*")]
    assert len(files) > 100
    assert not [file for file in files if file.suffix == ".py" and {"stripe"} & _imports(file)]
    assert not [file for file in files if file.suffix != ".py" and "\nstripe" in file.read_text()]


def test_its_manifest_is_read_without_the_connector() -> None:
    code = "import sys, tillgate.connectors.stripe.manifest as m; print([n for n in sys.modules if 'stripe' in n])"
    out = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(LAYERS / "tillgate")}, check=True, capture_output=True
    ).stdout
    assert out.decode().strip() == "['tillgate.connectors.stripe', 'tillgate.connectors.stripe.manifest']"


def test_the_manifest_names_what_there_is() -> None:
    assert MANIFEST.credentials == set(CREDENTIALS)
    assert MANIFEST.public < MANIFEST.credentials
    assert "secret_key" not in MANIFEST.public
    assert MANIFEST.fields
    assert (FOLDER.parent / MANIFEST.fields.module).is_file()
    assert MANIFEST.hosts == {url.split("/")[2] for url in (wire.API, wire.FILES)}


def test_the_api_version_is_the_one_that_stripes_package_describes() -> None:
    assert stripe.api_version == wire.VERSION


def test_a_form_is_encoded_as_stripes_package_does() -> None:
    body = {"a": "x y&z", "b": {"c": [1, 2], "d": {"e": True}}, "f": [{"g": "ä"}, {"g": "ö"}], "i": 7}
    theirs = [(name, "true" if value is True else str(value)) for name, value in _api_encode(body)]
    assert wire.encode(body) == urlencode(theirs).encode()
    assert wire.encode({"a": None, "b": "", "c": {}, "d": []}) == b""
    with pytest.raises(TypeError):
        wire.encode({"a": 1.5})

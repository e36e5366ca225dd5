"""The TypeScript SDK: strictly compiled, tested by node, packed (GO-12)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.template.reading import ROOT
from tools.api.openapi import VERSION
from tools.errors import CODES
from tools.sdk.calls import calls
from tools.sdk.python import class_of
from tools.sdk.typescript import camel

SDK = ROOT / "sdk" / "typescript"
NPM = ROOT / "tools" / "npm" / "node_modules"


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has the SDK installed."""
    folder = tmp_path_factory.mktemp("sdk")
    installed = folder / "node_modules" / "tillgate-sdk"
    installed.mkdir(parents=True)
    for name in ("src", "tsconfig.json", "package.json", "README.md"):
        copy = shutil.copytree if (SDK / name).is_dir() else shutil.copy
        copy(SDK / name, installed / name)
    run(NPM / ".bin" / "tsc", "-p", ".", cwd=installed)
    (folder / "node_modules" / "@types").symlink_to(NPM / "@types")
    (folder / "node_modules" / "undici-types").symlink_to(NPM / "undici-types")
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    return folder


def test_the_layer_by_hand(compiled: Path) -> None:
    shutil.copy(Path(__file__).parent / "typescript" / "sdk.test.mjs", compiled)
    told = run("node", "--test", "sdk.test.mjs", cwd=compiled)
    assert "# fail 0" in told
    assert "# pass 2" in told  # twenty-odd


def test_the_example_is_strictly_typed_and_short(compiled: Path) -> None:
    shutil.copy(SDK / "example" / "shop.ts", compiled)
    run(
        NPM / ".bin" / "tsc",
        "--strict",
        "--module",
        "nodenext",
        "--target",
        "es2022",
        "--noEmit",
        "shop.ts",
        cwd=compiled,
    )
    assert len((SDK / "example" / "shop.ts").read_text().splitlines()) < 60


def test_every_call_and_every_code_is_there() -> None:
    operations, problems = ((SDK / "src" / name).read_text() for name in ("operations.ts", "problems.ts"))
    for call in calls():
        assert f"  {camel(call.name)}(" in operations
    for code in CODES:
        assert f"  {code}: {class_of(code)}," in problems


def test_it_has_the_descriptions_version_and_no_dependencies() -> None:
    package = json.loads((SDK / "package.json").read_text())
    assert package["version"] == VERSION
    assert "dependencies" not in package

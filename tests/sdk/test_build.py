"""The SDKs' packages are the same bytes of the same source, whenever, where and by whom they are built (GO-12)."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.template.reading import ROOT
from tools.api.openapi import VERSION
from tools.sdk import build


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[Path]]:
    """Both packages, built here, and from a younger copy with other permissions."""
    folder = tmp_path_factory.mktemp("built")
    first = build.both(folder / "first")
    copy = folder / "elsewhere" / "sdk"
    shutil.copytree(
        build.SDK, copy, ignore=shutil.ignore_patterns("dist", "node_modules"), copy_function=shutil.copyfile
    )
    for path in copy.rglob("*"):
        os.utime(path, (2_000_000_000, 2_000_000_000))
        path.chmod(0o700 if path.is_dir() else 0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "SDK", copy)
        before = os.umask(0o077)
        try:
            return first, build.both(folder / "second")
        finally:
            os.umask(before)


def test_the_same_source_is_the_same_bytes(twice: tuple[list[Path], list[Path]]) -> None:
    first, second = twice
    assert [each.name for each in first] == [f"tillgate_sdk-{VERSION}-py3-none-any.whl", f"tillgate-sdk-{VERSION}.tgz"]
    for one, other in zip(first, second, strict=True):
        assert one != other
        assert one.read_bytes() == other.read_bytes(), one.name


def test_the_packages_have_what_they_need_and_nothing_of_the_tests(twice: tuple[list[Path], list[Path]]) -> None:
    (wheel, packed), _ = twice
    licence = (ROOT / "LICENSE").read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        held = {Path(name).name: name for name in archive.namelist()}
        assert {"py.typed", "METADATA", "operations.py"} <= set(held)
        assert archive.read(held["LICENSE"]) == licence
    with tarfile.open(packed) as archive_:
        names = set(archive_.getnames())
        found = archive_.extractfile("package/LICENSE")
        assert found is not None
        assert found.read() == licence
    assert {"package/package.json", "package/README.md", "package/dist/index.js", "package/dist/index.d.ts"} <= names
    assert not [name for name in (*names, *held.values()) if "example" in name or "test" in name]

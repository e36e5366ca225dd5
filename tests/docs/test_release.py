"""A release has a version that the changelog tells of, and is the same bytes whenever it is made."""

import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from tools.release import changes, gather, pack, sums, version

ROOT = Path(__file__).resolve().parent.parent.parent
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
VERSION = re.compile(r"^## (\d+\.\d+\.\d+)\b", re.M)


def test_the_newest_section_of_the_changelog_is_of_the_projects_version() -> None:
    versions = VERSION.findall(CHANGELOG)
    assert versions[0] == version()
    numbers = [tuple(map(int, each.split("."))) for each in versions]
    assert numbers == sorted(set(numbers), reverse=True)


def test_every_version_says_how_to_upgrade() -> None:
    for each in VERSION.findall(CHANGELOG):
        assert "**Upgrade.**" in changes(CHANGELOG, each)


def test_a_version_without_a_section_is_not_released() -> None:
    with pytest.raises(SystemExit, match=r"no section of 0\.1\.1"):
        changes("# Changelog\n\n## 0.1.10\n\nOther.\n", "0.1.1")


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    made = set()
    for turn, names in enumerate((["b.py", "a/c.py"], ["a/c.py", "b.py"])):
        folder = tmp_path / str(turn)
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("same")
            os.utime(folder / name, (turn, turn))
        made.add(pack(folder, tmp_path / "same-1.zip").read_bytes())
    assert len(made) == 1


def test_what_is_packed_names_only_what_lies_beside_it(tmp_path: Path) -> None:
    build = tmp_path / "build"
    (build / "AFunction").mkdir(parents=True)
    (build / "AFunction" / "app.py").write_text("")
    (tmp_path / "window.asl.yaml").write_text("StartAt: Wait\n")
    template = "A:\n  CodeUri: AFunction\nB:\n  DefinitionUri: ../window.asl.yaml\n"
    (build / "template.yaml").write_text(template)
    gather(build, tmp_path / "system")
    pack(tmp_path / "system", tmp_path / "tillgate-1.zip")
    with zipfile.ZipFile(tmp_path / "tillgate-1.zip") as archive:
        names = set(archive.namelist())
        packed = archive.read("tillgate-1/template.yaml").decode()
    assert packed == template.replace("../", "")
    assert {"tillgate-1/AFunction/app.py", "tillgate-1/window.asl.yaml", "tillgate-1/CHANGELOG.md"} <= names


def test_the_checksums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    made = [tmp_path / "tillgate-1.zip", tmp_path / "tillgate-sdk-1.0.0.tgz"]
    for each in made:
        each.write_text(each.name)
    (tmp_path / "SHA256SUMS").write_text(sums(made))
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    made[1].write_text("changed")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 1

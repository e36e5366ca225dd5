"""`make newcomer` follows what the READMEs say, and stops where no payment was captured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.newcomer import BEGIN, GUIDES, ROOT, first_payment, follow

GUIDE = f"```sh make\n{BEGIN}\necho $API pay_1 %s\n```\n"


@pytest.mark.parametrize("guide", GUIDES.values())
def test_each_readme_leads_to_a_first_payment(guide: str) -> None:
    assert ("curl" in first_payment((ROOT / guide).read_text()).text) == (guide == "README.md")
    assert "CAPTURED" in (ROOT / guide).read_text()


def a_clone(folder: Path, status: str) -> Path:
    (folder / "README.md").write_text(GUIDE % status)
    (folder / "Makefile").write_text("env:\n\t@echo API=http://127.0.0.1:1\n")
    return folder


def test_what_a_readme_says_is_run_in_the_clone(tmp_path: Path) -> None:
    follow(a_clone(tmp_path, "CAPTURED"), "README.md", {}, tmp_path / "scratch")


def test_without_a_captured_payment_it_ends(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"README.md led to no captured payment:\nhttp:.*FAILED"):
        follow(a_clone(tmp_path, "FAILED"), "README.md", {}, tmp_path / "scratch")

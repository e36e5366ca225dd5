"""A merchant's colour is legible whatever it is, and nothing but a colour gets into the style sheet."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.payments.menu.pages.static import find
from functions.payments.menu.pages.theme import colour_name, luminance, style_sheet


@given(some.from_regex(r"[0-9a-f]{6}", fullmatch=True))
def test_text_on_any_colour_has_enough_contrast(colour: str) -> None:
    """WCAG AA asks for 4.5 to 1."""
    match = re.search("--on-accent:#([0-9a-f]{6})", style_sheet(colour))
    assert match
    light, dark = sorted((luminance(colour), luminance(match[1])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("colour", [None, "", "red", "#fff", "#12345g", "#123456;}body{display:none", "0b5c47\n"])
def test_what_is_no_colour_is_left_out(colour: str | None) -> None:
    assert colour_name(colour) is None


@pytest.mark.parametrize("name", ["theme-red.css", "theme-.css", "../http.py", "http.py", "", "menu.html"])
def test_only_what_is_meant_to_be_served_is_served(name: str) -> None:
    assert find(name) is None


def test_files_have_their_types() -> None:
    types = {name: found[1] for name in ("menu.css", "menu.js", "icon.svg") if (found := find(name))}
    assert types == {"menu.css": "text/css", "menu.js": "text/javascript", "icon.svg": "image/svg+xml"}

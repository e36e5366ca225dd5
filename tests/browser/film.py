"""A film of a few still pictures: each stands in a window with a sentence above it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser

STILL = {"width": 1000, "height": 640}  # of a page, in CSS pixels
SHEET = {"width": 1064, "height": 752}  # of the film
SHARPNESS = 1.25  # pixels of the film per CSS pixel
SECONDS = 2.8
LAST_SECONDS = 4.5
STYLE = """
body { background: #eef1ee; color: #1a1f1b; font: 600 26px/1 system-ui, "DejaVu Sans", sans-serif; margin: 28px 32px; }
p { margin: 0 0 22px; } p span { color: #14532d; margin-right: 12px; }
img { border-radius: 12px; box-shadow: 0 0 0 1px #1a1f1b22, 0 6px 18px #1a1f1b22; display: block; width: 1000px; }
"""


class Still(NamedTuple):
    says: str
    png: bytes


def framed(browser: Browser, stills: Sequence[Still]) -> list[Image.Image]:
    """Each picture below its sentence, and which of how many it is."""
    page = browser.new_page(viewport=SHEET, device_scale_factor=SHARPNESS)  # type: ignore[arg-type]
    frames = []
    for number, still in enumerate(stills, 1):
        source = b64encode(still.png).decode()
        page.set_content(
            f"<style>{STYLE}</style><p><span>{number}/{len(stills)}</span>{escape(still.says)}</p>"
            f'<img src="data:image/png;base64,{source}">'
        )
        frames.append(Image.open(BytesIO(page.screenshot())).convert("RGB"))
    page.close()
    return frames


def save(frames: Sequence[Image.Image], path: Path) -> None:
    """An animated WebP without loss, that begins again after its last picture."""
    pauses = [SECONDS] * (len(frames) - 1) + [LAST_SECONDS]
    duration = [round(1000 * seconds) for seconds in pauses]
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=duration, loop=0, lossless=True, quality=100, method=6
    )

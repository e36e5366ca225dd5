"""The menu's languages: which one a shopper gets, and its texts.

A new language needs a file in `texts/` with the same keys, a row here, one in `tools.cldr.LANGUAGES` and one in
`tillgate.outbound.invoices.texts.TEXTS`. Right-to-left languages are marked here; the style sheet is direction-neutral.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tillgate.domain.shared.locales import language_of, tag_of

_HERE = Path(__file__).parent


class Language(NamedTuple):
    name: str
    direction: str = "ltr"


LANGUAGES = {
    "en": Language("English"),
    "de": Language("Deutsch"),
    "fr": Language("Français"),
    "nl": Language("Nederlands"),
    "es": Language("Español"),
}
DEFAULT = "en"


class Wishes(NamedTuple):
    """What a browser says of languages: its `Accept-Language`, and what the shopper chose on the menu, if anything."""

    accept_language: str
    chosen: str | None = None

    def locale(self, of_order: str | None) -> str:
        """The shopper's choice, else the order's locale as set by the merchant, else what the browser prefers, else
        English; with its region, if any.

        Texts are in the language; the region decides how amounts are written.
        """
        tags = [tag_of(each) for each in [of_order or "", *_by_preference(self.accept_language)]]
        if self.chosen in LANGUAGES:
            return next((tag for tag in tags if language_of(tag) == self.chosen), self.chosen)
        return next((tag for tag in tags if language_of(tag) in LANGUAGES), DEFAULT)


def _by_preference(header: str) -> list[str]:
    """The tags of an Accept-Language header (RFC 9110), most preferred first."""
    weighted: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        weighted.append((weight, tag.strip()))
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0]) if weight > 0]


@cache
def texts(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((_HERE / "texts" / f"{language}.json").read_text("utf-8"))
    return found

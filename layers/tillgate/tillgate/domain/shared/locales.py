"""Locales as merchants and browsers name them: `de`, `de-CH`, `de_CH`, `de-Latn-CH` (BCP 47)."""

import re

_REGION = re.compile(r"[A-Z]{2}|\d{3}", re.ASCII)


def tag_of(locale: str) -> str:
    """Language and region: `de-CH`, or `de` if no region is named. Scripts, variants and extensions are left out."""
    language, *others = locale.replace("_", "-").split("-")
    before_extensions = others[: next((at for at, each in enumerate(others) if len(each) == 1), len(others))]
    region = next((each.upper() for each in before_extensions if _REGION.fullmatch(each.upper())), None)
    return f"{language.lower()}-{region}" if region else language.lower()


def language_of(tag: str) -> str:
    return tag.partition("-")[0]

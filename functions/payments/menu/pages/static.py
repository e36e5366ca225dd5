"""The pages' static files: each has a URL that changes with its content, so it can be cached."""

import hashlib
from functools import cache
from pathlib import Path

from tillgate.connectors.host.card_fields import module

from .theme import style_sheet

_FOLDER = Path(__file__).parent / "files"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def find(name: str) -> tuple[bytes, str] | None:
    """Content and media type; None if there is no such file."""
    if name.startswith("theme-") and name.endswith(".css"):
        try:
            return style_sheet(name[len("theme-") : -len(".css")]).encode(), "text/css"
        except ValueError:
            return None
    if name.startswith("fields-") and name.endswith(".js"):
        script = module(name[len("fields-") : -len(".js")])
        return (script, "text/javascript") if script else None
    return _files().get(name)


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    found = sorted(_FOLDER.iterdir())
    return {path.name: (path.read_bytes(), _TYPES[path.suffix]) for path in found if path.suffix in _TYPES}


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for name, (content, _) in _files().items():
        digest.update(name.encode() + content)
    return digest.hexdigest()[:10]


VERSION = _version()

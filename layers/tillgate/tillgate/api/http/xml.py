"""Responses as XML, for callers that prefer it (RG-10)."""

import re
from xml.sax.saxutils import escape

_XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_xml(root: str, body: object) -> str:
    """Each field is an element. A list has an `item` element for each value; null is an empty element."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{_element(root, body)}'


def _element(name: str, value: object) -> str:
    if not _XML_NAME.fullmatch(name):  # names that the merchant chose, such as metadata keys
        return f'<entry name="{escape(_NOT_XML.sub("", name), {chr(34): "&quot;"})}">{_inner(value)}</entry>'
    return f"<{name}>{_inner(value)}</{name}>"


def _inner(value: object) -> str:
    if isinstance(value, dict):
        return "".join(_element(str(key), inner) for key, inner in value.items())
    if isinstance(value, list):
        return "".join(_element("item", inner) for inner in value)
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return escape(_NOT_XML.sub("", text))

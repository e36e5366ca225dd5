"""Reads XML answers, as a client would."""

from typing import Any
from xml.etree import ElementTree


def element(document: str) -> ElementTree.Element:
    """The document's root. Raises where it is not well-formed."""
    return ElementTree.fromstring(document.encode())  # noqa: S314 - our own answer


def value(node: ElementTree.Element) -> Any:
    """Text, a list of what is in its items, or an object of what is in its elements."""
    if not len(node):
        return node.text or ""
    if all(child.tag == "item" for child in node):
        return [value(child) for child in node]
    return {child.get("name", child.tag): value(child) for child in node}

"""Structured fields (RFC 9651), as used by signatures and digests."""

from typing import Any

import http_sf

Component = tuple[str, dict[str, Any]]  # an item with parameters


def read_dictionary(text: str) -> dict[str, Any]:
    """Each member with its parameters. Raises ValueError for what cannot be parsed or has a key twice."""

    def refuse(name: str, _where: str) -> None:
        raise ValueError(f"{name} appears twice")

    found: Any = http_sf.parse(text.encode(), tltype="dictionary", on_duplicate_key=refuse)
    return dict(found)


def written(component: Component) -> str:
    return http_sf.ser(component)


def written_list(components: list[Component], params: dict[str, Any]) -> str:
    """An inner list with its parameters."""
    members: list[Any] = [(components, params)]
    return http_sf.ser(members)

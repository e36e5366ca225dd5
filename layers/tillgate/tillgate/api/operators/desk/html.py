"""HTML that is escaped as it is made: a text can become markup in no other way than by `tag`."""

import html
import json
from collections.abc import Iterable, Mapping
from typing import Any


class Html(str):
    """Markup. Every other text is escaped where it is put into a tag."""

    __slots__ = ()


_EMPTY = ("br", "input", "hr")


def tag(name: str, /, *content: object, **attributes: object) -> Html:
    """An element. `content`: markup, texts, numbers, lists of them; None is left out. `class_` is `class`."""
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    written = "".join(f' {key}="{html.escape(str(value))}"' for key, value in named.items())
    return Html(f"<{name}{written}>" if name in _EMPTY else f"<{name}{written}>{joined(content)}</{name}>")


def joined(parts: Iterable[object]) -> Html:
    return Html("".join(_written(part) for part in parts))


def _written(part: object) -> str:
    if part is None:
        return ""
    if isinstance(part, Html):
        return str(part)
    if isinstance(part, list | tuple):
        return joined(part)
    return html.escape(str(part))


def table(head: Iterable[str], rows: Iterable[Iterable[object]], caption: str) -> Html:
    """A table; where it has no room, each row is a list of its cells with their names. Without rows, a line."""
    names, rows = list(head), list(rows)
    if not rows:
        return tag("p", f"{caption}: none.", class_="quiet")
    heads = tag("tr", [tag("th", each, scope="col") for each in names])
    lines = [
        tag("tr", [tag("td", each, data_label=name) for name, each in zip(names, row, strict=True)]) for row in rows
    ]
    whole = tag("table", tag("caption", caption), tag("thead", heads), tag("tbody", lines))
    return tag("div", whole, class_="wide", tabindex=0, role="region", aria_label=caption)


def button(
    label: str,
    endpoint: str,
    payload: Mapping[str, Any],
    *,
    primary: bool = False,
    confirmation: str | None = None,
) -> Html:
    """A button of a CloudWatch custom widget: its click calls the function with the payload and shows what it answers.

    The console adds the fields of the widget's forms to the payload, and asks for the confirmation first.
    """
    action = tag(
        "cwdb-action",
        json.dumps(payload),
        action="call",
        endpoint=endpoint,
        display="widget",
        confirmation=confirmation,
    )
    return joined([tag("button", label, type="button", class_="btn btn-primary" if primary else "btn"), action])


def field(label: str, name: str, value: str = "", hint: str | None = None, size: int = 14) -> Html:
    """A labelled input; the console passes what is typed into it under its name."""
    entry = tag("input", name=name, value=value, placeholder=hint, size=size, autocomplete="off", aria_label=label)
    return tag("label", tag("span", label), entry)


def prose(label: str, name: str) -> Html:
    """A labelled input of several lines."""
    entry = tag("textarea", name=name, rows=6, aria_label=label)
    return tag("label", tag("span", label), entry, class_="prose")

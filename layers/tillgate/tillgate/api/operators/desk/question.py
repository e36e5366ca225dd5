"""The question before each act of the desk: what will happen, who wants it and why, and the button that does it."""

from collections.abc import Iterable, Mapping
from typing import Any

from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, field, joined, tag
from tillgate.api.operators.desk.style import alert


def question(
    asked: Asked, says: Iterable[str], carried: Mapping[str, Any], back: Html, *more: Html | None, hint: str = ""
) -> Html:
    """`more`: fields besides name and reason. `hint`: what to think of first."""
    sentences = list(says)
    payload = {"reads": asked.reads, **carried}
    return tag(
        "form",
        tag("h2", "Is this right?"),
        tag(
            "div",
            [tag("p", tag("strong", each)) for each in sentences],
            tag("p", hint) if hint else None,
            class_="box",
        ),
        who(asked, *more),
        tag(
            "div",
            button("Do it", asked.acts, payload, primary=True, confirmation=" ".join(sentences)),
            back,
            class_="row",
        ),
    )


def who(asked: Asked, *more: Html | None) -> Html:
    """The name and reason that stay in the history. They hold for each button of the widget."""
    return tag(
        "div",
        field("Your name (stays in the history)", "by", asked.typed("by"), size=20),
        field("Reason", "reason", asked.typed("reason"), size=40),
        more,
        class_="row",
    )


def impossible(why: str, back: Html) -> Html:
    """In place of the question."""
    return joined([alert(why), back])

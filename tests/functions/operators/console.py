"""Plays the part of the CloudWatch console for the desk's widgets: presses buttons, fills in forms, asks first.

AWS documentation, "Interactivity in the custom widget": an element `cwdb-action` belongs to the element before it, and
what is typed into forms comes as `widgetContext.forms.all`.
"""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from tests.handlers import handler_module

READS, ACTS = "arn:aws:lambda:eu-west-1:1:function:desk", "arn:aws:lambda:eu-west-1:1:function:desk_actions"
PERSONAL = "arn:aws:lambda:eu-west-1:1:function:desk_personal"
FUNCTIONS = {READS: "desk", ACTS: "desk_actions", PERSONAL: "desk_personal"}


class _Page(HTMLParser):
    """The texts, buttons and fields of a widget, and every tag and attribute that is in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.buttons: list[tuple[str, dict[str, Any], dict[str, str | None]]] = []
        self.fields: dict[str, str] = {}
        self._inside: list[str] = []
        self._label = ""
        self._action: dict[str, str | None] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(given)
        if tag in ("input", "textarea"):
            self.fields[given["name"] or ""] = given.get("value") or ""
        if tag == "input":
            return
        self._inside.append(tag)
        if tag == "button":
            self._label = ""
        if tag == "cwdb-action":
            self._action = given

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "cwdb-action" in self._inside:
            self.buttons.append((self._label, json.loads(data), self._action))
        elif "button" in self._inside:
            self._label += data
        elif "style" not in self._inside:
            self.texts.append(data)


@dataclass
class Widget:
    """One widget of the dashboard, as an operator sees it."""

    params: dict[str, Any]
    theme: str = "light"
    page: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.call(READS, self.params)

    def call(self, endpoint: str, payload: dict[str, Any]) -> None:
        fields = _Page(self.page).fields if self.page else {}
        forms = {"all": fields | self.typed}
        context = {"theme": self.theme, "params": self.params, "forms": forms, "dashboardName": "tillgate-test-desk"}
        handler = handler_module(FUNCTIONS[endpoint]).handler
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DESK_ACTIONS_ARN", ACTS)
            patch.setenv("DESK_PERSONAL_ARN", PERSONAL)
            self.page = handler({**payload, "widgetContext": context}, SimpleNamespace(invoked_function_arn=endpoint))
        self.typed = {}

    @property
    def text(self) -> str:
        return " ".join(" ".join(_Page(self.page).texts).split())

    @property
    def parsed(self) -> _Page:
        return _Page(self.page)

    @property
    def labels(self) -> list[str]:
        return [label for label, _, _ in self.parsed.buttons]

    def types(self, **fields: str) -> "Widget":
        """Into fields by name: `find_text` is `find.text`, `amount` that of the only payment."""
        known = self.parsed.fields
        for name, value in fields.items():
            of_payment = [each for each in known if name == "amount" and each.startswith("pay_")]
            (found,) = of_payment or [each for each in known if each.replace(".", "_") == name]
            self.typed[found] = value
        return self

    def press(self, label: str) -> "Widget":
        """The first button whose label begins so. Its confirmation is answered with yes, and remembered."""
        payload, action = next((p, a) for text, p, a in self.parsed.buttons if text.startswith(label))
        if action.get("confirmation"):
            self.confirmed.append(str(action["confirmation"]))
        self.call(str(action["endpoint"]), payload)
        return self

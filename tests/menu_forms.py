"""The forms of a payment menu, as a browser without scripts sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tillgate.domain.orders.order import Order
from tillgate.domain.orders.shown import Shown


@dataclass
class Form:
    """`fields` are the hidden ones; `says` is the text of its button."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: list[str] = field(default_factory=list)  # the methods to choose from
    says: str = ""


class Forms(HTMLParser):
    """Everything that a page lets the shopper do, and what it says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text = ""
        self._in_button = False
        self.feed(html)

    @property
    def pay(self) -> Form:
        return next(form for form in self.forms if form.choices)

    @property
    def gift_card(self) -> Form:
        return next(form for form in self.forms if form.fields.get("method") == "gift_card")

    @property
    def cancel(self) -> Form:
        return next(form for form in self.forms if "/cancel" in form.action)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given["action"]))
        if tag == "input" and given["type"] == "hidden":
            self.forms[-1].fields[given["name"]] = given["value"]
        if tag == "input" and given.get("name") == "method" and given["type"] == "radio":
            self.forms[-1].choices.append(given["value"])
        self._in_button = tag == "button" and given.get("type") == "submit"

    def handle_endtag(self, tag: str) -> None:
        self._in_button = False

    def handle_data(self, data: str) -> None:
        self.text += f" {data.strip()}" if data.strip() else ""
        if self._in_button:
            self.forms[-1].says += data.strip()


def carried(order: Order) -> dict[str, str]:
    """What a form that was made for the order as it is carries."""
    shown = Shown.of(order)
    carries = {"number": shown.number, "version": shown.version, "amount": shown.amount, "currency": shown.currency}
    return {name: str(value) for name, value in carries.items()}

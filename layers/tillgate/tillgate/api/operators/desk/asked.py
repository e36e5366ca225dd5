"""A call of the console: a widget's parameters or what a button carries, and what is typed into the widget's forms."""

from collections.abc import Mapping
from typing import Any

from tillgate.domain.shared.refusals import Refusal

MOST_TYPED = 2_000  # characters of a field


class Asked:
    """`reads`, `acts`: the functions that buttons call, by their ARNs."""

    def __init__(self, event: Mapping[str, Any], reads: str, acts: str) -> None:
        self._event = event
        self.context: Mapping[str, Any] = event.get("widgetContext") or {}
        self._forms: Mapping[str, Any] = (self.context.get("forms") or {}).get("all") or {}
        self.reads = reads
        self.acts = acts

    def carrying(self, **more: str) -> "Asked":
        """The same call with what was typed among what its button carries."""
        return Asked({**self._event, **more}, self.reads, self.acts)

    @property
    def view(self) -> str:
        """A button's view, else the widget's own."""
        return self.text("view") or "find"

    @property
    def theme(self) -> str:
        return "dark" if self.context.get("theme") == "dark" else "light"

    def text(self, name: str) -> str:
        """What a button carries, or a widget's parameter; empty if there is none."""
        value = self._event.get(name, (self.context.get("params") or {}).get(name, ""))
        return str(value)[:MOST_TYPED] if isinstance(value, str | int) else ""

    def needed(self, name: str) -> str:
        """Raises `Refusal` if it is not carried."""
        if not (text := self.text(name)):
            raise Refusal(f"{name} is missing", f"/{name}")
        return text

    def number(self, name: str) -> int | None:
        value = self._event.get(name)
        return value if type(value) is int else None

    def texts(self, name: str) -> list[str]:
        """A list that a button carries."""
        value = self._event.get(name)
        return [str(each) for each in value] if isinstance(value, list) else []

    @property
    def marks(self) -> dict[str, str]:
        """Of what the operator was shown: see `Acting.saw`."""
        saw = self._event.get("saw")
        given = saw if isinstance(saw, dict) else {}
        return {str(place): str(mark) for place, mark in given.items()}

    def has(self, name: str) -> bool:
        return name in self._event

    def typed(self, name: str, most: int = MOST_TYPED) -> str:
        """What is typed into a field, without blanks around it."""
        return str(self._forms.get(name, ""))[:most].strip()

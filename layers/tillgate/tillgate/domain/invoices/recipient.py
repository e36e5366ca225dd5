"""Who receives an invoice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipient:
    email: str
    name: str | None = None

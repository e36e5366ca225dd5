"""What the menu's forms say: what was chosen, and what the page showed."""

from collections.abc import Mapping

from tillgate.domain.orders.shown import Shown


def choice(form: Mapping[str, str]) -> tuple[str, str | None]:
    """Method and instrument: a saved one (`card:token`), a gift card's number, or a chosen bank."""
    method, _, saved = form.get("method", "").partition(":")
    field = "bank" if method == "bank_redirect" else "instrument[token]"
    return method, saved or form.get(field, "").strip()[:200] or None


def shown_on(form: Mapping[str, str]) -> Shown:
    """What the page with this form showed; a form that does not say it is outdated."""
    number, version, amount = (digits(form.get(name, "")) for name in ("number", "version", "amount"))
    return Shown(number or 0, version or 0, -1 if amount is None else amount, form.get("currency", ""))


def chosen_part(form: Mapping[str, str]) -> int | None:
    """How much of the amount the button was for, in minor units; all of it if the form does not say."""
    return digits(form.get("part", ""))


def digits(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else None

"""The pages that a shopper sees at Stripe: the bank's for 3-D Secure, and Checkout. Plain forms, without cards."""

from __future__ import annotations

import time
from html import escape

from .forms import JSON
from .intents import Intents, Tell
from .theirs import RefusedError, refuse

ANSWERED = "You have already answered here; there is nothing more to choose."


def page(title: str, text: str, action: str | None) -> str:
    """Three buttons, named as those of the sandbox PSP's page; none if there is no `action` any more."""
    if action is None:
        return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><p>{ANSWERED}</p>'
    buttons = "".join(
        f'<button name="do" value="{value}">{label}</button> '
        for value, label in (("approve", "Approve"), ("decline", "Decline"), ("cancel", "Cancel"))
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<h1>{escape(title)}</h1><p>{escape(text)}</p><form method="post" action="{escape(action)}">{buttons}</form>'
    )


class Sessions:
    """Checkout Sessions: `localstripe` has none."""

    def __init__(self, intents: Intents, tell: Tell, base_url: str) -> None:
        self._intents = intents
        self._tell = tell
        self._base_url = base_url
        self.all: dict[str, JSON] = {}

    def create(self, body: JSON) -> JSON:
        if int(body.get("expires_at") or 0) < time.time() + 29 * 60:
            raise refuse("expires_at must be at least 30 minutes from now.")
        session_id = f"cs_test_{len(self.all) + 1}{int(time.time() * 1000)}"
        self.all[session_id] = {
            "id": session_id,
            "object": "checkout.session",
            "body": body,
            "client_reference_id": body.get("client_reference_id"),
            "created": int(time.time()),
            "metadata": body.get("metadata") or {},
            "payment_intent": None,
            "status": "open",
            "url": f"{self._base_url}/checkout/{session_id}",
        }
        return self.show(session_id)

    def show(self, session_id: str) -> JSON:
        if session_id not in self.all:
            raise refuse(f"No such checkout.session: '{session_id}'", "resource_missing", 404)
        session = self.all[session_id]
        intent = self._intents.show(session["payment_intent"]) if session["payment_intent"] else None
        return {name: value for name, value in session.items() if name != "body"} | {"payment_intent": intent}

    def expire(self, session_id: str) -> JSON:
        if self.show(session_id)["status"] != "open":
            raise refuse("Only open sessions can be expired.", "invalid_state")
        self.all[session_id]["status"] = "expired"
        self._tell("checkout.session.expired", self.show(session_id))
        return self.show(session_id)

    def press(self, session_id: str, button: str) -> str:
        """Where the shopper goes: a declined card can be tried again on the page."""
        session = self.all[session_id]
        if session["status"] != "open" or button == "cancel":
            return str(session["body"]["cancel_url"])
        if button == "decline":
            return str(session["url"])
        price = session["body"]["line_items"][0]["price_data"]
        wanted = {"amount": price["unit_amount"], "currency": price["currency"], "confirm": "true"}
        wanted |= session["body"]["payment_intent_data"] | {"payment_method": "pm_card_visa"}
        if "customer" in session["body"]:
            wanted["customer"] = session["body"]["customer"]
        try:
            session["payment_intent"] = self._intents.create(wanted)["id"]
        except RefusedError:
            return str(session["url"])
        session["status"] = "complete"
        self._tell("checkout.session.completed", self.show(session_id))
        return str(session["body"]["success_url"])

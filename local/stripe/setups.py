"""SetupIntents that are confirmed with a PaymentMethod, and authenticated by redirect; `localstripe` keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .forms import JSON
from .intents import Intents, Tell
from .theirs import refuse


@dataclass
class Setup:
    """What `localstripe` does not keep of a SetupIntent."""

    body: JSON
    method: str
    awaits: bool = False
    error: JSON | None = None


class Setups:
    def __init__(self, intents: Intents, tell: Tell) -> None:
        self._intents = intents
        self._tell = tell
        self.all: dict[str, Setup] = {}

    def create(self, body: JSON) -> JSON:
        wallet = self._intents.wallet
        named = "payment_method" in body or "payment_method_data" in body
        setup = Setup(body, wallet.resolve(body) if named else "")
        known = {name: body.get(name) for name in ("customer", "usage", "metadata")}
        setup_id = str(self._intents.theirs.post("setup_intents", known)["id"])
        self.all[setup_id] = setup
        if body.get("confirm") == "true":
            self._confirm(setup_id, setup)
        return self.show(setup_id)

    def _confirm(self, setup_id: str, setup: Setup) -> None:
        card = self._intents.wallet.card(setup.method)
        if self._intents.wallet.is_secure(setup.method, saved=False):
            setup.awaits = True
        elif "declined" in card.does or card.number == "4000000000000341":
            self._fail(setup_id, setup, "card_declined", card.decline_code)
        else:
            self._succeed(setup_id, setup)

    def authenticate(self, setup_id: str, *, success: bool) -> None:
        """What the cardholder did on the bank's page."""
        setup = self.all[setup_id]
        if not setup.awaits:
            return
        setup.awaits = False
        if success:
            self._succeed(setup_id, setup)
        else:
            setup.error = {"type": "card_error", "code": "setup_intent_authentication_failure"}
            self._tell("setup_intent.setup_failed", self.show(setup_id))

    def _succeed(self, setup_id: str, setup: Setup) -> None:
        theirs = self._intents.theirs
        theirs.post(f"payment_methods/{setup.method}/attach", {"customer": setup.body.get("customer")})
        theirs.post(f"setup_intents/{setup_id}", {"payment_method": setup.method})
        theirs.post(f"setup_intents/{setup_id}/confirm")
        self._intents.wallet.saved.add(setup.method)
        self._tell("setup_intent.succeeded", self.show(setup_id))

    def _fail(self, setup_id: str, setup: Setup, code: str, decline_code: str) -> None:
        setup.error = {"type": "card_error", "code": code, "decline_code": decline_code}
        shown = self.show(setup_id)
        self._tell("setup_intent.setup_failed", shown)
        raise refuse("The card was declined.", code, 402, decline_code=decline_code, setup_intent=shown)

    def cancel(self, setup_id: str) -> JSON:
        if self.show(setup_id)["status"] in ("succeeded", "canceled"):
            raise refuse("This SetupIntent could not be canceled.", "setup_intent_unexpected_state")
        self._intents.theirs.post(f"setup_intents/{setup_id}/cancel")
        self.all[setup_id].awaits = False
        return self.show(setup_id)

    def show(self, setup_id: str) -> JSON:
        """The SetupIntent with its PaymentMethod expanded."""
        if setup_id not in self.all:
            raise refuse(f"No such setup_intent: '{setup_id}'", "resource_missing", 404)
        setup = self.all[setup_id]
        theirs = self._intents.theirs.get(f"setup_intents/{setup_id}")
        over: dict[str, Any] = {"last_setup_error": setup.error, "next_action": None}
        over["payment_method"] = self._intents.wallet.shown(setup.method) if setup.method else None
        if theirs["status"] != "canceled" and setup.awaits:
            url = {"url": self._intents.visit(setup_id), "return_url": setup.body.get("return_url")}
            over |= {"status": "requires_action"}
            over["next_action"] = {"type": "redirect_to_url", "redirect_to_url": url}
        return theirs | over

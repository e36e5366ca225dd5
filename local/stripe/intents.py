"""PaymentIntents as Stripe has them today, over those of `localstripe`.

With automatic capture `localstripe`'s intent does everything. It has no manual capture: then the intent only lends its
id, and the money is a charge of `localstripe`'s, made without capture.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .cards import PROMPT_DEBIT, SLOW_DEBIT, Wallet
from .forms import JSON
from .theirs import RefusedError, Theirs, refuse

HOLDS = 7 * 24 * 60 * 60
SLOW = 3 * 60
MANDATORY = ("amount", "currency")
Tell = Callable[[str, JSON], None]
Visit = Callable[[str], str]  # an intent's id: the URL where the shopper authenticates


@dataclass
class Intent:
    """What `localstripe` has last answered about an intent, and what it does not keep of one."""

    id: str
    body: JSON
    theirs: JSON
    money: JSON = field(default_factory=dict)  # the charge
    refunds: list[JSON] = field(default_factory=list)
    method: str = ""
    saved: bool = False
    secure: bool = False
    awaits: bool = False
    hurried: bool = False
    captured: int | None = None
    cancelled: str | None = None
    error: JSON | None = None
    metadata: JSON = field(default_factory=dict)

    @property
    def manual(self) -> bool:
        return self.body.get("capture_method") == "manual"

    @property
    def charge(self) -> str:
        return str(self.money.get("id", ""))

    def learn(self, theirs: JSON) -> None:
        """An answer of `localstripe` shows the intent with its charge."""
        self.theirs = theirs
        self.money = theirs.get("latest_charge") or self.money


class Intents:
    def __init__(self, theirs: Theirs, wallet: Wallet, tell: Tell, visit: Visit) -> None:
        self.theirs = theirs
        self.wallet = wallet
        self.tell = tell
        self.visit = visit
        self.all: dict[str, Intent] = {}
        self.failed_refunds: set[str] = set()
        self.releases: set[str] = set()  # `localstripe` shows what a partial capture releases as a refund

    def create(self, body: JSON) -> JSON:
        """Raises `RefusedError`, of a declined card too: the intent exists all the same."""
        missing = [name for name in MANDATORY if not body.get(name)]
        if missing:
            raise refuse(f"Missing required param: {missing[0]}.", "parameter_missing")
        method = self.wallet.resolve(body) if "payment_method" in body or "payment_method_data" in body else None
        known = {name: body.get(name) for name in ("amount", "currency", "customer", "metadata")}
        made = self.theirs.post("payment_intents", known | {"payment_method": method})
        intent = Intent(made["id"], body, made, method=method or "", metadata=dict(body.get("metadata") or {}))
        intent.saved = intent.method in self.wallet.saved
        self.all[intent.id] = intent
        if body.get("confirm") == "true":
            self.confirm(intent)
        return self.show(intent.id)

    def confirm(self, intent: Intent) -> None:
        if not intent.method:
            raise refuse("A PaymentMethod is needed to confirm.", "payment_intent_unexpected_state")
        options = (intent.body.get("payment_method_options") or {}).get("card") or {}
        asked = options.get("request_three_d_secure") == "any"
        intent.secure = asked or self.wallet.is_secure(intent.method, saved=intent.saved)
        off_session = bool(intent.body.get("off_session")) and intent.body["off_session"] != "false"
        if intent.secure and off_session:
            self._fail(intent, "authentication_required", "authentication_required")
        if intent.secure and not intent.body.get("return_url"):
            raise refuse("This card needs a return_url.", "parameter_missing")
        intent.awaits = intent.secure
        if not intent.manual:
            intent.learn(self.theirs.post(f"payment_intents/{intent.id}/confirm"))
        if intent.secure:
            self.tell("payment_intent.requires_action", self.show(intent.id))
        else:
            self._take(intent)

    def authenticate(self, intent_id: str, *, success: bool) -> None:
        """What the cardholder did on the bank's page."""
        intent = self.all[intent_id]
        if not intent.awaits:
            return
        intent.awaits = False
        try:
            if not success:
                self._fail(intent, "payment_intent_authentication_failure", None)
            self._take(intent)
        except RefusedError:
            return  # the shopper's browser is sent back: the intent tells

    def _take(self, intent: Intent) -> None:
        try:
            self._charge(intent)
        except RefusedError as error:
            if error.status != 402:
                raise
            self._fail(intent, "card_declined", self.wallet.card(intent.method).decline_code)
        if self.wallet.accounts.get(intent.method) == PROMPT_DEBIT:
            self.wait(intent.id)
        if intent.body.get("setup_future_usage") and intent.body.get("customer"):
            self.theirs.post(f"payment_methods/{intent.method}/attach", {"customer": intent.body["customer"]})
            self.wallet.saved.add(intent.method)
        shown = self.show(intent.id)
        event = {"requires_capture": "amount_capturable_updated"}.get(shown["status"], shown["status"])
        self.tell(f"payment_intent.{event}", shown)

    def _charge(self, intent: Intent) -> None:
        if intent.manual:
            body = {name: intent.body.get(name) for name in ("amount", "currency", "customer")}
            intent.money = self.theirs.post("charges", body | {"source": intent.method, "capture": False})
            return
        if intent.theirs["next_action"]:
            secret = {"client_secret": intent.theirs["client_secret"], "success": True}
            intent.learn(self.theirs.post(f"payment_intents/{intent.id}/_authenticate", secret))
        if intent.theirs["status"] == "requires_payment_method":
            raise RefusedError(402, {"code": "card_declined"})

    def _fail(self, intent: Intent, code: str, decline_code: str | None) -> None:
        message = "The payment was refused."
        with_what = self.wallet.shown(intent.method)
        told = {"code": code, "decline_code": decline_code, "message": message}
        intent.error = told | {"type": "card_error", "payment_method": with_what}
        shown = self.show(intent.id)
        self.tell("payment_intent.payment_failed", shown)
        raise refuse(message, code, 402, decline_code=decline_code, payment_intent=shown, payment_method=with_what)

    def capture(self, intent_id: str, body: JSON) -> JSON:
        intent = self.find(intent_id)
        amount = int(body.get("amount_to_capture") or intent.body["amount"])
        if self.show(intent_id)["status"] != "requires_capture":
            raise refuse("This PaymentIntent could not be captured.", "payment_intent_unexpected_state")
        if amount > int(intent.body["amount"]):
            raise refuse("That is more than is capturable.", "amount_too_large")
        intent.money = self.theirs.post(f"charges/{intent.charge}/capture", {"amount": amount})
        self.releases |= {each["id"] for each in self.theirs.every(f"refunds?charge={intent.charge}")}
        intent.captured = amount
        intent.metadata |= body.get("metadata") or {}
        shown = self.show(intent_id)
        self.tell("payment_intent.succeeded", shown)
        return shown

    def wait(self, intent_id: str) -> JSON:
        """Until the bank has decided about a debit."""
        self.find(intent_id).hurried = True
        while self.show(intent_id)["status"] == "processing":
            time.sleep(0.05)
        return self.show(intent_id)

    def cancel(self, intent_id: str, reason: str | None) -> JSON:
        intent = self.find(intent_id)
        if self.show(intent_id)["status"] in ("succeeded", "canceled", "processing"):
            raise refuse("This PaymentIntent could not be canceled.", "payment_intent_unexpected_state")
        if not intent.manual:
            intent.learn(self.theirs.post(f"payment_intents/{intent_id}/cancel"))
        intent.cancelled, intent.awaits = reason or "", False
        shown = self.show(intent_id)
        self.tell("payment_intent.canceled", shown)
        return shown

    def find(self, intent_id: str) -> Intent:
        if intent_id not in self.all:
            raise refuse(f"No such payment_intent: '{intent_id}'", "resource_missing", 404)
        return self.all[intent_id]

    def show(self, intent_id: str) -> JSON:
        """The intent with its charge expanded."""
        intent = self.find(intent_id)
        if intent.theirs["status"] == "processing":  # a debit that the bank may have decided about
            intent.learn(self.theirs.get(f"payment_intents/{intent_id}"))
        charge = self.charge(intent) if intent.charge else None
        status = self._status(intent, charge)
        received = int(charge["amount_captured"]) if charge and status == "succeeded" else 0
        url = {"url": self.visit(intent_id), "return_url": intent.body.get("return_url")}
        action = {"type": "redirect_to_url", "redirect_to_url": url} if status == "requires_action" else None
        return {
            "id": intent_id,
            "object": "payment_intent",
            "amount": int(intent.body["amount"]),
            "amount_capturable": int(intent.body["amount"]) if status == "requires_capture" else 0,
            "amount_received": received,
            "cancellation_reason": intent.cancelled or None,
            "capture_method": "manual" if intent.manual else "automatic",
            "client_secret": intent.theirs["client_secret"],
            "created": intent.theirs["created"],
            "currency": intent.body["currency"],
            "customer": intent.body.get("customer"),
            "last_payment_error": intent.error if status == "requires_payment_method" else None,
            "latest_charge": charge,
            "livemode": False,
            "metadata": intent.metadata,
            "next_action": action,
            "payment_method": None if intent.error else intent.method or None,
            "status": status,
            "transfer_group": intent.body.get("transfer_group"),
        }

    def _status(self, intent: Intent, charge: JSON | None) -> str:
        if intent.cancelled is not None:
            return "canceled"
        if intent.error or not intent.method:
            return "requires_payment_method"
        if intent.awaits:
            return "requires_action"
        if charge is None:
            return "requires_confirmation"
        if self._is_slow(intent):
            return "processing"
        if charge["status"] == "failed":
            intent.error = {"type": "card_error", "code": "debit_not_authorized", "message": "The bank returned it."}
            return "requires_payment_method"
        if intent.manual:
            return "requires_capture" if intent.captured is None else "succeeded"
        return str(intent.theirs["status"])

    def _is_slow(self, intent: Intent) -> bool:
        is_young = time.time() < intent.theirs["created"] + SLOW
        return self.wallet.accounts.get(intent.method) == SLOW_DEBIT and is_young and not intent.hurried

    def charge(self, intent: Intent) -> JSON:
        theirs = intent.money
        refunds = [each for each in intent.refunds if each["id"] not in self.failed_refunds]
        pending = (theirs["status"] == "pending" and not intent.manual) or self._is_slow(intent)
        taken = intent.captured or 0 if intent.manual else int(theirs["amount"]) * (theirs["status"] == "succeeded")
        return {
            "id": intent.charge,
            "object": "charge",
            "amount": int(theirs["amount"]),
            "amount_captured": taken,
            "amount_refunded": sum(int(each["amount"]) for each in refunds),
            "balance_transaction": theirs["balance_transaction"],
            "captured": taken > 0,
            "created": theirs["created"],
            "currency": theirs["currency"],
            "disputed": "disputed" in intent.body,
            "metadata": intent.metadata,
            "outcome": {"network_decline_code": None},
            "paid": not pending and theirs["status"] != "failed",
            "payment_intent": intent.id,
            "payment_method": intent.method,
            "payment_method_details": self.wallet.details(
                intent.method, secure=intent.secure, until=int(theirs["created"]) + HOLDS
            ),
            "status": "succeeded" if intent.manual else theirs["status"],
        }

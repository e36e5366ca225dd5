"""Stripe's test cards by their tokens, and what `localstripe` knows them by: their numbers.

The sandbox PSP's tokens are taken as well, so that the same clicks and flows work with both.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .forms import JSON
from .theirs import Theirs, refuse

SLOW_DEBIT = "AT321904300235473204"  # Stripe's test account whose bank takes three minutes
PROMPT_DEBIT = "NL39RABO0300065264"  # here its bank decides at once: no real one does
GOOD, DECLINED, SECURE = "4242424242424242", "4000000000000341", "4000000000003220"
ALWAYS_SECURE, SECURE_UNTIL_SAVED = "4000002760003184", "4000002500003155"


class Card(NamedTuple):
    number: str
    brand: str = "visa"
    decline_code: str = "generic_decline"
    does: str = ""


CARDS = {
    "visa": Card(GOOD),
    "mastercard": Card(GOOD, "mastercard"),
    "amex": Card(GOOD, "amex"),
    "maestro": Card(GOOD, "maestro"),
    "jcb": Card(GOOD, "jcb"),
    "cup": Card(GOOD, "unionpay"),
    "unionpay": Card(GOOD, "unionpay"),
    "threeDSecure2Required": Card(SECURE),
    "visa_3ds": Card(SECURE),
    "authenticationRequired": Card(ALWAYS_SECURE),
    "sca": Card(ALWAYS_SECURE),
    "authenticationRequiredOnSetup": Card(SECURE_UNTIL_SAVED),
    "chargeDeclined": Card(DECLINED),
    "visa_chargeDeclined": Card(DECLINED),
    "declined": Card(DECLINED),
    "chargeDeclinedInsufficientFunds": Card(DECLINED, decline_code="insufficient_funds"),
    "visa_chargeDeclinedInsufficientFunds": Card(DECLINED, decline_code="insufficient_funds"),
    "insufficient": Card(DECLINED, decline_code="insufficient_funds"),
    "visa_chargeDeclinedLostCard": Card(DECLINED, decline_code="lost_card"),
    "visa_chargeDeclinedExpiredCard": Card(DECLINED, decline_code="expired_card"),
    "refundFail": Card(GOOD, does="refund_fails"),
    "refund_fails_late": Card(GOOD, does="refund_fails"),
    "createDispute": Card(GOOD, does="dispute"),
    "dispute": Card(GOOD, does="dispute"),
}


class Wallet:
    """PaymentMethods: kept by `localstripe`, beside what it does not know of them."""

    def __init__(self, theirs: Theirs) -> None:
        self._theirs = theirs
        self._cards: dict[str, Card] = {}
        self.saved: set[str] = set()  # set up to be used later
        self.accounts: dict[str, str] = {}  # IBAN by PaymentMethod
        self._seen: dict[str, JSON] = {}  # a card does not change

    def resolve(self, body: JSON) -> str:
        """The id of what is paid with: it exists, is made of a test token, or of data."""
        given = str(body.get("payment_method") or "")
        data: JSON = body.get("payment_method_data") or {}
        name = given.removeprefix("pm_card_") if given.startswith("pm_card_") else given.removeprefix("tok_")
        if name in CARDS and name != given:
            return self._made(CARDS[name])
        if data.get("type") == "sepa_debit":
            if not (data.get("billing_details") or {}).get("email"):
                raise refuse("Missing required param: billing_details[email].", "parameter_missing")
            made = str(self._theirs.post("payment_methods", data)["id"])
            self.accounts[made] = data["sepa_debit"]["iban"].replace(" ", "")
            return made
        if not given.startswith("pm_"):
            raise refuse(f"No such PaymentMethod: '{given}'", "resource_missing", 404)
        if given in self.saved and self._theirs.get(f"payment_methods/{given}")["customer"] is None:
            raise refuse("A PaymentMethod that was detached cannot be used again.", "payment_method_unattached")
        return given

    def _made(self, card: Card) -> str:
        details = {"number": card.number, "exp_month": 12, "exp_year": 2035, "cvc": "123"}
        made = str(self._theirs.post("payment_methods", {"type": "card", "card": details})["id"])
        self._cards[made] = card
        return made

    def card(self, method: str) -> Card:
        return self._cards.get(method, CARDS["visa"])

    def attached(self) -> JSON:
        """Customer by PaymentMethod, of bank accounts: `localstripe` lists cards alone."""
        return {each: self._theirs.get(f"payment_methods/{each}")["customer"] for each in self.accounts}

    def is_secure(self, method: str, *, saved: bool) -> bool:
        """Whether the cardholder has to authenticate."""
        number = self.card(method).number
        return number in (SECURE, ALWAYS_SECURE) or (number == SECURE_UNTIL_SAVED and not saved)

    def shown(self, method: str) -> JSON:
        """The PaymentMethod as Stripe shows it."""
        found = self._theirs.get(f"payment_methods/{method}")
        if "card" in found:
            found["card"] |= {"brand": self.card(method).brand, "network": self.card(method).brand}
        self._seen[method] = found
        return found

    def details(self, method: str, *, secure: bool, until: int) -> JSON:
        """A charge's details of its PaymentMethod."""
        shown = self._seen.get(method) or self.shown(method)
        kind: dict[str, Any] = dict(shown[shown["type"]])
        if shown["type"] == "card":
            authenticated = {"result": "authenticated", "electronic_commerce_indicator": "05"}
            kind |= {"capture_before": until, "checks": {"cvc_check": "pass", "address_postal_code_check": None}}
            kind |= {"three_d_secure": authenticated if secure else None, "wallet": None}
        else:
            kind |= {"mandate": f"mandate_{method.removeprefix('pm_')}"}
        return {"type": shown["type"], shown["type"]: kind}

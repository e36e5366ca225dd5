"""The sandbox's instruments as data: how each token makes a payment behave.

A token that is not in the table is unknown. A new token is a new row, not a new branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .errors import PspError, invalid

OperationType = Literal["authorize", "capture", "cancel", "refund", "reversal", "payout"]
OperationStatus = Literal["requires_action", "pending", "succeeded", "failed", "reversed", "closed"]

REFUSING_ACCOUNT = "acct_refusing"
# What happens to a payment without a request of its caller: by the back office or by a bank.
Deed = Literal[
    "refund", "expire_rest", "reverse", "fail_capture", "fail_refund", "dispute", "win_dispute", "lose_dispute"
]

STORABLE_METHODS = frozenset({"card"})
BRANDED_METHODS = frozenset({"card", "wallet"})
BANK_METHODS = frozenset({"bank_redirect", "direct_debit"})  # the bank's confirmation moves the money at once
PAGE_METHODS = frozenset({"card", "wallet", "bank_redirect", "direct_debit"})


EXPIRES = "2039-12"  # for every card of the sandbox
LAST4 = {"visa": "4242", "mastercard": "4444", "amex": "0005", "maestro": "5904", "jcb": "0505", "cup": "0016"}


@dataclass(frozen=True, slots=True)
class Later:
    """What happens by itself to the authorization, `after` seconds after it began."""

    after: int
    to: Literal["succeeded", "reversed"]
    reason: str | None = None

    @property
    def since(self) -> OperationStatus:
        """The authorization's status until then; if it has any other status by that time, nothing happens."""
        return "pending" if self.to == "succeeded" else "succeeded"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a bank does by itself, `after` seconds after each success of its `cause`."""

    after: int
    cause: Literal["capture", "refund", "dispute"]
    do: Deed


@dataclass(frozen=True, slots=True)
class Instrument:
    """One row: how the authorization begins, and what deviates afterwards."""

    brand: str | None = "visa"
    start: OperationStatus = "succeeded"
    approved: Literal["succeeded", "pending"] = "succeeded"  # the result of the shopper's approval on the page
    reason: str | None = None
    balance: int | None = None  # the maximum to authorize, in minor units
    asks_to_store: bool = False  # the shopper confirms on a page that the card is stored
    off_session: Literal["succeeded", "failed"] = "succeeded"  # a recurring payment, without the shopper
    refuses: OperationType | None = None
    answer: Literal["at_once", "error", "too_late"] = "at_once"
    later: Later | None = None
    follow_ups: tuple[FollowUp, ...] = ()


_DISPUTED = FollowUp(after=3, cause="capture", do="dispute")

INSTRUMENTS: dict[str, Instrument] = {
    "tok_visa": Instrument(),
    "tok_mastercard": Instrument(brand="mastercard"),
    "tok_amex": Instrument(brand="amex"),
    "tok_maestro": Instrument(brand="maestro"),
    "tok_jcb": Instrument(brand="jcb"),
    "tok_cup": Instrument(brand="cup"),
    "tok_visa_3ds": Instrument(start="requires_action"),
    "tok_declined": Instrument(start="failed", reason="refused"),
    "tok_insufficient": Instrument(start="failed", reason="insufficient_amount"),
    "tok_error": Instrument(answer="error"),
    "tok_timeout": Instrument(answer="too_late"),
    "tok_pending": Instrument(start="pending", later=Later(after=2, to="succeeded")),
    "tok_late_failure": Instrument(later=Later(after=4, to="reversed", reason="rejected_by_bank")),
    "tok_capture_fails": Instrument(refuses="capture"),
    "tok_cancel_fails": Instrument(refuses="cancel"),
    "tok_refund_fails": Instrument(refuses="refund"),
    "tok_dispute": Instrument(follow_ups=(_DISPUTED,)),
    "tok_dispute_won": Instrument(follow_ups=(_DISPUTED, FollowUp(after=3, cause="dispute", do="win_dispute"))),
    "tok_dispute_lost": Instrument(follow_ups=(_DISPUTED, FollowUp(after=3, cause="dispute", do="lose_dispute"))),
    "tok_capture_fails_late": Instrument(follow_ups=(FollowUp(after=4, cause="capture", do="fail_capture"),)),
    "tok_refund_fails_late": Instrument(follow_ups=(FollowUp(after=4, cause="refund", do="fail_refund"),)),
    "tok_sca": Instrument(start="requires_action", off_session="failed", asks_to_store=True),
    "tok_payout_fails": Instrument(refuses="payout"),
    "gc_1000": Instrument(brand=None, balance=1000),
    "gc_500": Instrument(brand=None, balance=500),
    "gc_spent": Instrument(brand=None, balance=1000, start="failed", reason="insufficient_amount"),  # spent meanwhile
    "gc_empty": Instrument(brand=None, start="failed", reason="insufficient_amount"),
    "bank_aurora": Instrument(brand=None, start="requires_action"),
    "bank_meridian": Instrument(brand=None, start="requires_action"),
    "bank_slow": Instrument(
        brand=None, start="requires_action", approved="pending", later=Later(after=2, to="succeeded")
    ),
    "bank_fickle": Instrument(
        brand=None, start="requires_action", later=Later(after=4, to="reversed", reason="rejected_by_bank")
    ),
}

# The shopper's choices on the sandbox's pages; the first is the default.
CARDS = {
    "tok_visa": "Visa",
    "tok_mastercard": "Mastercard",
    "tok_visa_3ds": "Visa, your bank asks first (3-D Secure)",
    "tok_insufficient": "Visa with no money on it",
    "tok_pending": "Visa that answers after 2 seconds",
    "tok_late_failure": "Visa that fails after 4 seconds",
}
DEFAULT_CARD = "tok_visa"  # if the page names none
BANKS = {
    "bank_aurora": "Aurora Bank",
    "bank_meridian": "Meridian Bank",
    "bank_slow": "Tortoise Bank, confirms after 2 seconds",
    "bank_fickle": "Fickle Bank, confirms and fails after 4 seconds",
}

# A debit of an account: the mandate is given with the order.
MANDATE = Instrument(brand=None)
# Without a token the shopper names the instrument on the sandbox's page.
HOSTED_PAGE = Instrument(start="requires_action")


def unknown_token() -> PspError:
    """Tells those that there are: whoever tests need not look them up."""
    return invalid(f"The sandbox does not know this token. It knows {', '.join(INSTRUMENTS)}.", "unknown_token")


def instrument_for(token: str | None, method: str, iban: str | None = None) -> Instrument:
    """The row of a token, a mandate, or the hosted page for a method that has one."""
    if iban is not None:
        if method != "direct_debit" or token is not None:
            raise invalid("An IBAN is for a direct debit, and then it needs no token.", "iban_not_needed")
        return MANDATE
    if token is not None:
        try:
            return INSTRUMENTS[token]
        except KeyError:
            raise unknown_token() from None
    if method not in PAGE_METHODS:
        raise invalid(f"The method {method} needs a token.", "token_required")
    return HOSTED_PAGE

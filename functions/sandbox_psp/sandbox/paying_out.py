"""The sandbox PSP's payout operations: read, let the pure rules decide, write if nothing has changed."""

from __future__ import annotations

import secrets

from . import outbox, payouts, storage
from .bodies import NewPayout
from .errors import PspError, busy, invalid, not_found
from .payouts import Payout

ATTEMPTS = 10


def pay(order: NewPayout, key: str) -> tuple[Payout, bool]:
    """The payout, and whether it was paid now."""
    if (order.account is None) == (order.token is None):
        raise invalid("account, token: exactly one is needed.")
    order = _of_card(order)
    payouts.row_of(order.account, order.token)
    for _ in range(ATTEMPTS):
        before = storage.find_payout(order.reference) or Payout(
            id=f"psp_{secrets.token_urlsafe(18)}", reference=order.reference, currency=order.currency
        )
        after = payouts.pay(before, order, key)
        if after is before:
            return before, False
        seconds = payouts.will_mature(after)
        if seconds is not None:  # before the write: one about a payout that was never stored is dropped
            outbox.mature_payout_later(after.reference, seconds)
        try:
            return _announced(storage.save_payout(after)), True
        except storage.ConflictError:
            continue
    raise busy()


def _of_card(order: NewPayout) -> NewPayout:
    """A payout to a stored card goes to the card behind it."""
    if order.token is None or not order.token.startswith("card_"):
        return order
    card = storage.find_card_by_id(order.token)
    if card is None or card.deleted:
        raise invalid("The sandbox has no such card.", "unknown_token")
    return order.model_copy(update={"token": card.token})


def _announced(payout: Payout) -> Payout:
    outbox.announce_payout(payout)
    if payout.instrument.answer == "error":
        raise PspError(500, "internal_error", "The sandbox failed, as this receiver asks it to.")
    return payout


def get(reference: str) -> Payout:
    """The payout with this reference, or a 404."""
    payout = storage.find_payout(reference)
    if payout is None:
        raise not_found()
    return payout


def mature(reference: str) -> Payout | None:
    """What the receiver's bank does by itself: the payout after it, or None if it does nothing (any more)."""
    for _ in range(ATTEMPTS):
        before = storage.find_payout(reference)
        after = None if before is None else payouts.mature(before)
        if after is None or after is before:
            return after
        try:
            return storage.save_payout(after)
        except storage.ConflictError:
            continue
    raise busy()


def repeat(reference: str, copies: int) -> Payout:
    """Sends the current state again, `copies` times."""
    payout = get(reference)
    for _ in range(copies):
        outbox.announce_payout(payout)
    return payout

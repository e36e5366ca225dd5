"""Cards stored for customers to pay again: by a registration without money, or once a payment is authorized."""

from __future__ import annotations

import secrets

from . import storage
from .bodies import NewInstrument, NewPayment
from .clients import public_url
from .errors import PspError, invalid, not_found
from .instruments import STORABLE_METHODS, instrument_for
from .model import Payment, StoredCard


def register(order: NewInstrument) -> tuple[StoredCard, bool]:
    """The card, and whether it is new. For a known reference, the current card is returned."""
    known = storage.find_card(order.reference)
    if known is not None:
        return known, False
    check_storable(order.method)
    row = instrument_for(order.token, order.method)
    if row.brand is None:
        raise invalid("Only cards are stored.", "not_storable")
    if row.answer == "error":
        raise PspError(500, "internal_error", "The sandbox failed, as this token asks it to.")
    if row.reason == "refused":
        raise invalid("The card was refused.", "instrument_refused")
    if row.asks_to_store and order.return_url is None:
        raise invalid("return_url: needed, since the shopper is sent to a page.")
    card = StoredCard(id=new_card_id(), reference=order.reference, customer=order.customer, token=order.token)
    if row.asks_to_store:
        page = {"page_url": f"{public_url()}/pay/{card.id}", "return_url": order.return_url, "answer": "awaited"}
        card = card.model_copy(update=page)
    stored = storage.store_card(card)
    return (card, True) if stored else (get(order.reference), False)


def get(reference: str) -> StoredCard:
    """The card under this reference, even if deleted, or a 404."""
    card = storage.find_card(reference)
    if card is None:
        raise not_found("instrument")
    return card


def confirm(card_id: str, approved: bool) -> StoredCard:
    """The shopper's answer; only the first one counts."""
    card = of_page(card_id)
    if card.answer != "awaited" or card.deleted:
        return card
    answered = card.model_copy(update={"answer": "stored" if approved else "refused"})
    storage.put_card(answered)
    return answered


def of_page(card_id: str) -> StoredCard:
    """The card that a page is about, or a 404."""
    card = storage.find_card_by_id(card_id)
    if card is None or card.page_url is None:
        raise not_found("page")
    return card


def delete(reference: str) -> StoredCard:
    """Deletes the card. Safe to repeat; an unused reference becomes a deleted card."""
    known = storage.find_card(reference) or StoredCard(id=new_card_id(), reference=reference)
    gone = known.model_copy(update={"deleted": True})
    storage.put_card(gone)
    return gone


def paying(order: NewPayment) -> StoredCard | None:
    """The stored card that a payment names, if any; it has to belong to this customer."""
    if order.token is None or not order.token.startswith("card_"):
        return None
    card = storage.find_card_by_id(order.token)
    if card is None or not card.is_stored or card.customer != order.customer:
        raise invalid("The sandbox has no such card of this customer.", "unknown_token")
    return card


def store_with(before: Payment | None, after: Payment) -> None:
    """Called before the write that authorizes the payment: a card without its payment is known to nobody."""
    if after.stored_card and not (before and before.stored_card):
        storage.store_card(after.stored_card)


def check_storable(method: str) -> None:
    if method not in STORABLE_METHODS:
        raise invalid(f"The method {method} is not stored.", "not_storable")


def new_card_id() -> str:
    return f"card_{secrets.token_urlsafe(18)}"

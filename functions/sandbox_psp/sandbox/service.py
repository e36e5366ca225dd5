"""The sandbox PSP's operations: read a payment, let the pure rules decide, write it if it has not changed."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable

from . import cards, disputes, outbox, payments, storage, unasked
from .bodies import NewOperation, NewPayment, NewTransfer
from .clients import public_url
from .errors import PspError, busy, invalid, not_found
from .instruments import BANK_METHODS, BRANDED_METHODS, REFUSING_ACCOUNT, Deed, instrument_for
from .model import Payment

ATTEMPTS = 10


def start(order: NewPayment, key: str) -> tuple[Payment, bool]:
    """The payment, and whether it is new. For a known reference, the current payment is returned."""
    known = storage.find(order.reference)
    if known is not None:
        return known, False
    payment = _begun(order, key)
    _mature_later(payment)
    _before_write(None, payment)
    try:
        return storage.create(payment), True
    except storage.ConflictError:
        return get(order.reference), False


def _begun(order: NewPayment, key: str) -> Payment:
    card = cards.paying(order)
    row = instrument_for(card.token if card else order.token, order.method, order.iban)
    if order.store_as:
        cards.check_storable(order.method)
    if row.answer == "error":
        raise PspError(500, "internal_error", "The sandbox failed, as this token asks it to.")
    wanted = order.authenticate and row.start == "succeeded"
    asks = (wanted or row.start == "requires_action") and not (order.recurring and card)
    if asks and order.return_url is None:
        raise invalid("return_url: needed, since the shopper is sent to a page.")
    payment_id = _new_id()
    blank = Payment(
        id=payment_id,
        brand=row.brand if order.method in BRANDED_METHODS else None,
        page_url=f"{public_url()}/pay/{payment_id}" if asks else None,
        card=card.id if card else None,
        token=card.token if card else order.token,
        mandate=f"M{secrets.token_hex(8).upper()}" if order.iban else None,
        stores=cards.new_card_id() if order.store_as else None,
        **order.model_dump(exclude={"capture", "token"}),
        capture=order.capture or order.method in BANK_METHODS,
    )
    return payments.begin(blank, key, refused=(order.account or "").startswith(REFUSING_ACCOUNT))


def get(reference: str) -> Payment:
    """The payment with this reference, or a 404."""
    payment = storage.find(reference)
    if payment is None:
        raise not_found()
    return payment


def balance(token: str, method: str) -> int:
    """A gift card's balance: zero if it would be refused for that. Every query and START finds a fresh card."""
    row = instrument_for(token, method)
    if row.balance is None and row.reason != "insufficient_amount":
        raise invalid("This instrument has no balance.", "no_balance")
    return row.balance or 0


def transfer(reference: str, order: NewTransfer, key: str) -> Payment:
    """A part of a payment for another account. For a known reference, the current part is returned."""
    blank = Payment(id=_new_id(), parent=reference, currency="XXX", **order.model_dump())
    for attempt in range(ATTEMPTS):
        try:
            known, parent = storage.find_together(order.reference, reference)
            if known is not None:
                return known
            if parent is None:
                raise not_found()
            child = blank.model_copy(update={"currency": parent.currency, "brand": parent.brand, "token": parent.token})
            refused = order.account.startswith(REFUSING_ACCOUNT)
            child = payments.carve(parent, child, key, refused=refused)
            _before_write(None, child)
            return storage.carve(child, parent) if child.amounts.authorized else storage.create(child)
        except storage.ConflictError:
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # others are carving out of the same payment
    raise busy()


def operate(reference: str, kind: payments.Kind, key: str, order: NewOperation) -> Payment:
    """A capture, cancel or refund; the caller is also notified of it."""

    def decide(found: Payment) -> Payment:
        return payments.operate(
            found, kind, key, order.amount, final=order.final, fee=order.fee, backed=_is_backed(found)
        )

    return _change(lambda: get(reference), decide, announce=True)


def answer_dispute(reference: str, dispute_id: str, says: disputes.Says, key: str, content: str) -> Payment:
    """The merchant sends evidence or accepts; the caller is also notified of it."""
    return _change(
        lambda: get(reference),
        lambda found: disputes.answered(found, dispute_id, says, key, content),
        announce=True,
    )


def do(reference: str, deed: Deed, amount: int | None) -> Payment:
    """A deed in the back office. The parts of a reversed payment no longer stand."""

    def decide(found: Payment) -> Payment:
        if not _is_backed(found):
            raise invalid("The payment that this was carved out of was taken back.", "not_possible")
        return unasked.do(found, deed, amount)

    return _change(lambda: get(reference), decide, announce=True)


def _is_backed(payment: Payment) -> bool:
    return payment.parent is None or get(payment.parent).stands


def close(reference: str) -> Payment:
    """Ends a payment that awaits the shopper; leaves a tombstone if nothing has begun."""
    if storage.find(reference) is None:
        try:
            return storage.create(payments.tombstone(_new_id(), reference))
        except storage.ConflictError:
            pass  # it has begun just now: close that
    return _change(lambda: get(reference), payments.close, announce=False)


def get_by_id(payment_id: str) -> Payment:
    """The payment of a page, or a 404."""
    payment = storage.find_by_id(payment_id)
    if payment is None:
        raise not_found()
    return payment


def act(payment_id: str, action: payments.Action, choice: str | None) -> Payment:
    """The shopper's choice on the page."""

    def decide(found: Payment) -> Payment:
        after = payments.act(found, action, choice)
        if after is not found:
            _mature_later(after)
        return after

    return _change(lambda: get_by_id(payment_id), decide, announce=True)


def _mature_later(payment: Payment) -> None:
    """Called before the write: a message about a payment that was never stored is dropped, a lost one never comes."""
    seconds = payments.will_mature(payment)
    if seconds is not None:
        outbox.mature_later(payment.reference, seconds)


def _before_write(before: Payment | None, after: Payment) -> None:
    """Writes what may exist without the payment, but not vice versa: stored cards, messages for follow-ups."""
    cards.store_with(before, after)
    for row, of in unasked.follow_ups(before, after):
        outbox.follow_later(after.reference, row.do, of, row.after)


def mature(reference: str) -> Payment | None:
    """What the instrument does by itself to the authorization: the payment after it, or None if it does nothing."""
    return _by_itself(reference, payments.mature)


def follow(reference: str, deed: Deed, of: str) -> Payment | None:
    """What a bank does by itself after the operation or dispute `of`: as above."""
    return _by_itself(reference, lambda found: unasked.follow(found, deed, of) if _is_backed(found) else None)


def _by_itself(reference: str, decide: Callable[[Payment], Payment | None]) -> Payment | None:
    """A repetition returns the same payment, so that a failed notification is retried."""
    for _ in range(ATTEMPTS):
        before = storage.find(reference)
        after = None if before is None else decide(before)
        if before is None or after is None or after is before:
            return after
        _before_write(before, after)
        try:
            return storage.save(after)
        except storage.ConflictError:
            continue
    raise busy()


def repeat(reference: str, copies: int) -> Payment:
    """Sends the current state again, `copies` times."""
    payment = get(reference)
    if payment.notification_url is None:
        raise invalid("The payment has no notification_url.", "no_notification_url")
    for _ in range(copies):
        outbox.announce(payment)
    return payment


def _change(load: Callable[[], Payment], decide: Callable[[Payment], Payment], *, announce: bool) -> Payment:
    for _ in range(ATTEMPTS):
        before = load()
        after = decide(before)
        if after is before:
            return before
        _before_write(before, after)
        try:
            saved = storage.save(after)
        except storage.ConflictError:
            continue
        if announce:
            outbox.announce(saved)
        return saved
    raise busy()


def _new_id() -> str:
    return f"psp_{secrets.token_urlsafe(18)}"

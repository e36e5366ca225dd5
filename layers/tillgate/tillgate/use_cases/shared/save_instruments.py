"""Saves instruments that a PSP stored with a payment, in the transaction that records the outcome (RG-5)."""

from dataclasses import replace
from typing import Any

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import InstrumentSaved
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shoppers.saved_instruments import InstrumentStatus, SavedInstrument, StoredInstrument
from tillgate.wiring import System


def keeping(system: System, order: Order, events: list[Event], facts: list[Fact]) -> list[dict[str, Any]]:
    """The writes that belong to the events; for most events there are none."""
    saved = [event for event in events if isinstance(event, InstrumentSaved)]
    return [action for event in saved for action in _writes(system, order, event, facts)]


def _writes(system: System, order: Order, event: InstrumentSaved, facts: list[Fact]) -> list[dict[str, Any]]:
    payment = order.payment(event.payment_id)
    at_psp = _told(event.payment_id, facts)
    if payment is None or at_psp is None or order.terms.shopper_key is None:
        raise ValueError(f"{event.token} was never to be saved")
    instrument = SavedInstrument(
        token=event.token,
        merchant_id=order.merchant_id,
        shopper_key=order.terms.shopper_key,
        method=payment.method,
        connector=payment.connector,
        recurring=system.manifest(payment.connector).methods[payment.method].recurring,
        created_at=event.at,
        status=InstrumentStatus.ACTIVE,
        at_psp=at_psp,
        mode=payment.mode,
    )
    return system.instruments.saving(instrument)


def _told(payment_id: str, facts: list[Fact]) -> StoredInstrument | None:
    return next((fact.instrument for fact in facts if fact.payment_id == payment_id and fact.instrument), None)


def not_kept(system: System, order: Order, facts: list[Fact]) -> list[Fact]:
    """The shopper was erased in the meantime: the facts without instruments; the PSP is to delete those."""
    for payment in order.payments:
        at_psp = _told(payment.payment_id, facts)
        if at_psp and payment.saves_as and not payment.instrument:
            named = (order.merchant_id, payment.saves_as, payment.connector)
            system.instruments.promise(*named, at_psp, system.now(), payment.mode)
    return [replace(fact, instrument=None) for fact in facts]

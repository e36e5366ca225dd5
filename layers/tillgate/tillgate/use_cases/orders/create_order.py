"""Creates an order: an amount that a shopper is to pay (CM-1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.order import Order, RefundsCommission, Terms
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.backoff import tries
from tillgate.store.orders.saving import Refused
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import TRIES, ConcurrentChange
from tillgate.use_cases.shared.milestones import count_milestones
from tillgate.use_cases.shared.random_keys import random_key
from tillgate.wiring import System


def new_order_key() -> str:
    """A name, not a credential; that others cannot guess it is a second line of defence."""
    return random_key("ord")


def new_menu_key() -> str:
    """Whoever has it may open the order's menu, and pay."""
    return random_key("mk")


def create_order(
    system: System,
    merchant: Merchant,
    *,
    order_reference: str,
    amount: int,
    currency: str,
    capture: Capture,
    window: timedelta,
    terms: Terms,
    guard: IdempotencyGuard,
    multi_vendor: bool = False,
    customer: Mapping[str, Any] | None = None,
) -> Order:
    """Saves the order with its reference in one transaction; a reference is used once (`DuplicateReference`).

    That transaction also checks the shopper and address that it names, so neither can be erased meanwhile (CM-9).
    """
    if terms.vendor_id and multi_vendor:
        raise Refusal("a multi_vendor order has no vendor_id; its vendors are named when it is split", "/vendor_id")
    if terms.vendor_id and _is_gone(system, merchant, terms.vendor_id):
        raise Refusal("this vendor does not exist or is suspended", "/vendor_id")
    has_vendors = multi_vendor or terms.vendor_id is not None
    now = system.now()
    created = OrderCreated(
        order_key=new_order_key(),
        merchant_id=merchant.merchant_id,
        order_reference=order_reference,
        amount=amount,
        currency=currency,
        capture=capture,
        expires_at=now + window,
        terms=terms,
        kind="technical" if multi_vendor else "single",
        refunds_commission=merchant.refunds_commission if has_vendors else RefundsCommission.KEPT,
        menu_key=new_menu_key(),
        at=now,
    )
    beside = _beside(system, created, customer, now)
    try:
        return save_new(system, created, guard, beside, customer)
    except Refused as refused:
        name = ("shopper", "address")[refused.number]
        raise Refusal(f"this {name} does not exist", f"/{name}_key") from None


def save_new(
    system: System,
    created: OrderCreated,
    guard: IdempotencyGuard,
    beside: Sequence[dict[str, Any]] = (),
    customer: Mapping[str, Any] | None = None,
) -> Order:
    """Saves a new order together with the writes `beside`. Raises `DuplicateReference`, `Refused`."""
    for _ in tries(TRIES):
        try:
            order = system.orders.create(created, guard.at_once(), beside, customer)
        except LostRace:  # collided with another call with this reference or key, which has finished by now
            continue
        count_milestones(None, order)
        return order
    raise ConcurrentChange


def _beside(
    system: System, created: OrderCreated, customer: Mapping[str, Any] | None, now: datetime
) -> list[dict[str, Any]]:
    shopper_key, address_key = created.terms.shopper_key, created.terms.address_key
    found_by = _found_by(system, created.order_key, customer)
    if shopper_key is None:
        if address_key is not None:
            raise Refusal("address_key needs the shopper_key of its shopper", "/address_key")
        return found_by
    whose = created.merchant_id, shopper_key, address_key
    return [*system.shoppers.named(*whose, order_key=created.order_key, now=now), *found_by]


def _found_by(system: System, order_key: str, customer: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The write by which operators find the order with its customer's e-mail address; none without one."""
    if not customer or not customer.get("email"):
        return []
    from tillgate.use_cases.shared.email_keys import email_key  # only such orders need it

    return system.emails.added(order_key, email_key(system, customer["email"]))


def _is_gone(system: System, merchant: Merchant, vendor_id: str) -> bool:
    vendor = system.merchants.vendor(merchant.merchant_id, vendor_id)
    return vendor is None or vendor.suspended

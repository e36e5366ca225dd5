"""What the outside sees of an order, a payment and a history; as the API describes it (CM-7, TH-11, IS-15)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tillgate.domain.evolve import evolve
from tillgate.domain.keys import parent_of
from tillgate.domain.lifecycle import FACES
from tillgate.domain.operation import Operation
from tillgate.domain.order import Order, Share
from tillgate.domain.payment import Payment
from tillgate.domain.permitted import is_withdrawable, order_operations, payment_operations
from tillgate.store.items import Change


def order_view(order: Order, api_url: str) -> dict[str, Any]:
    payments = order.payments
    view: dict[str, Any] = {
        "order_key": order.order_key,
        "order_reference": order.order_reference,
        "amount": order.amount,
        "currency": order.currency,
        "status": order.status,
        "menu_url": f"{api_url}/pay/{order.order_key}",
        "created_at": instant(order.created_at),
        "updated_at": instant(order.updated_at),
        "expires_at": instant(order.expires_at),
        "version": order.version,
        "withdrawable": is_withdrawable(order),
        "capture": order.capture,
        "amounts": {
            "authorized": sum(payment.authorized for payment in payments),
            "captured": sum(payment.captured for payment in payments),
            "cancelled": sum(payment.cancelled for payment in payments),
            "refunded": sum(payment.refunded for payment in payments),
            "open": 0 if order.ended else order.open,
        },
        "allowed_operations": order_operations(order),
        "payments": [payment_view(order, payment) for payment in payments],
        "metadata": dict(order.terms.metadata),
    }
    if order.safe:
        view["considered_safe"] = {"level": order.safe.level, "since": instant(order.safe.since)}
    return view | _terms(order)


def _terms(order: Order) -> dict[str, Any]:
    """What the merchant gave, where it gave it."""
    terms = order.terms
    given = {
        "description": terms.description,
        "items": [dict(item) for item in terms.items] or None,
        "customer": dict(order.customer) if order.customer else None,
        "personal_data_erased_at": instant(order.erased_at) if order.erased_at else None,
        "shopper_key": terms.shopper_key,
        "address_key": terms.address_key,
        "locale": terms.locale,
        "methods": list(terms.methods) if terms.methods is not None else None,
        "return_urls": dict(terms.return_urls) or None,
        "notification_url": terms.notification_url,
        "vendor_id": terms.vendor_id,
        "multi_vendor": True if order.kind == "technical" else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def payment_view(order: Order, payment: Payment) -> dict[str, Any]:
    face = FACES[payment.status]
    view: dict[str, Any] = {
        "payment_id": payment.payment_id,
        "order_key": parent_of(order.order_key),
        "method": payment.method,
        "brand": payment.brand,
        "connector": payment.connector,
        "kind": payment.kind,
        "amount": payment.amount,
        "currency": order.currency,
        "status": payment.status,
        "pending": payment.pending,
        "final": face.final,
        "withdrawable": face.withdrawable,
        "amounts": {
            "authorized": payment.authorized,
            "captured": payment.captured,
            "cancelled": payment.cancelled,
            "refunded": payment.refunded,
        },
        "reason_code": payment.reason_code,
        "psp_reference": payment.psp_reference,
        "authorization_expires_at": _instant_or_none(payment.authorization_expires_at if payment.held else None),
        "allowed_operations": payment_operations(payment),
        "operations": [_operation_view(operation) for operation in payment.operations],
        "created_at": instant(payment.created_at),
        "updated_at": instant(payment.updated_at),
    }
    if payment.instrument:
        view["instrument"] = {"token": payment.instrument, "brand": payment.brand}
    if payment.recurring:
        view["recurring"] = payment.recurring
    if payment.kind == "technical":
        view["allotted"] = payment.allotted
    if order.share:
        view |= _share_view(order, order.share)
    if payment.instructions and payment.awaits_shopper:
        view["instructions"] = {
            "iban": payment.instructions.iban,
            "holder": payment.instructions.holder,
            "reference": payment.instructions.reference,
            "due_at": _instant_or_none(payment.waits_until),
            "received": payment.received,
        }
    if payment.redirect and payment.awaits_shopper:
        redirect = payment.redirect
        view["redirect"] = {
            "url": redirect.url,
            "http_method": redirect.http_method,
            "parameters": dict(redirect.parameters),
        }
    return view


def _share_view(order: Order, share: Share) -> dict[str, Any]:
    return {
        "vendor_id": share.vendor_id,
        "sub_order_reference": order.order_reference,
        "technical_payment_id": share.technical_payment_id,
        "fee": share.fee,
        "split_id": share.split_id,
    }


def _operation_view(operation: Operation) -> dict[str, Any]:
    view: dict[str, Any] = {
        "operation_id": operation.operation_id,
        "type": operation.type,
        "amount": operation.amount,
        "status": operation.status,
        "reason_code": operation.reason_code,
        "requested_at": instant(operation.requested_at),
    }
    extras = {"final": operation.final, "fee": operation.fee, "reason": operation.reason}
    return view | {name: value for name, value in extras.items() if value}


def history_view(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Every event, oldest first, with what it changed: statuses and amounts before and after (IS-15)."""
    entries: list[dict[str, Any]] = []
    order: Order | None = None
    for change in changes:
        for event in change.events:
            before, order = order, evolve(order, event)
            payment_id = getattr(event, "payment_id", None)
            entries.append(
                {
                    "version": change.version,
                    "at": instant(event.at),
                    "type": event.type,
                    "actor": change.actor,
                    "cause": change.cause,
                    "order_status": _before_after(before.status if before else None, order.status),
                }
                | (_payment_change(before, order, payment_id) if payment_id else {})
                | _event_details(event)
            )
    return entries


def _payment_change(before: Order | None, after: Order, payment_id: str) -> dict[str, Any]:
    was, became = (order.payment(payment_id) if order else None for order in (before, after))
    return {
        "payment_id": payment_id,
        "payment_status": _before_after(was.status if was else None, became.status if became else None),
        "amounts": _before_after(_sums(was), _sums(became)),
        "psp_reference": became.psp_reference if became else None,
    }


def _sums(payment: Payment | None) -> dict[str, int] | None:
    if payment is None:
        return None
    names = ("authorized", "captured", "cancelled", "refunded")
    return {name: getattr(payment, name) for name in names}


def _before_after(before: object, after: object) -> dict[str, object]:
    return {"before": before, "after": after}


_DETAILS = (
    *("operation_id", "operation", "status", "amount", "reason_code", "reason", "why"),
    *("surplus", "token", "by", "booking_id"),
)


def _event_details(event: object) -> dict[str, Any]:
    details = {name: getattr(event, name, None) for name in _DETAILS}
    return {name: value for name, value in details.items() if value not in (None, False)}


def instant(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, ending in Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant_or_none(at: datetime | None) -> str | None:
    return instant(at) if at else None

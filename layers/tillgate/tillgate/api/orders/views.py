"""The view of an order (CM-7, TH-11, IS-15)."""

from typing import Any

from tillgate.api.http.instants import instant
from tillgate.api.payments.views import payment_view
from tillgate.domain.orders.allowed_operations import is_withdrawable, order_operations
from tillgate.domain.orders.menu_link import menu_url
from tillgate.domain.orders.order import Order


def order_view(order: Order, api_url: str) -> dict[str, Any]:
    payments = order.payments
    view: dict[str, Any] = {
        "order_key": order.order_key,
        "order_reference": order.order_reference,
        "amount": order.amount,
        "currency": order.currency,
        "status": order.status,
        "menu_url": menu_url(api_url, order),
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
    if order.mode:
        view["mode"] = order.mode
    if order.safe:
        view["considered_safe"] = {"level": order.safe.level, "since": instant(order.safe.since)}
    return view | _terms(order)


def _terms(order: Order) -> dict[str, Any]:
    """The fields that the merchant gave, without those it did not give."""
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
        "max_open_tenders": terms.max_open_tenders if terms.max_open_tenders > 1 else None,
        "saved_instruments": terms.saved_instruments or None,
        "shopper_authenticated": terms.shopper_authenticated or None,
        "multi_vendor": True if order.kind == "technical" else None,
    }
    return {name: value for name, value in given.items() if value is not None}

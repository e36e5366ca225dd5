"""Reads an order with what its vendors' payments come to at this moment (TH-10). Imports nothing of a PSP."""

from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System


def load_with_vendor_sums(system: System, order_key: str, merchant_id: str) -> Order:
    """One read; a second, small one where something of the order is its vendors'."""
    order = load(system, order_key, merchant_id)
    if not any(payment.allotted or payment.vendors.authorized for payment in order.payments):
        return order
    from tillgate.domain.marketplace.vendor_payments import with_sums

    return with_sums(order, system.vendor_payments.sums(order_key), order.updated_at)

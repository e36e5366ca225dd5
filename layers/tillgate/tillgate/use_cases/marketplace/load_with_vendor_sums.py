"""Reads an order with the current sums of its vendor payments (TH-10). Imports no PSP code."""

from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System


def load_with_vendor_sums(system: System, order_key: str, merchant_id: str) -> Order:
    """One read; a second, small one if vendors have a share in the order."""
    order = load(system, order_key, merchant_id)
    if not any(payment.allotted or payment.vendors.authorized for payment in order.payments):
        return order
    from tillgate.domain.marketplace.vendor_payments import with_sums

    return with_sums(order, system.vendor_payments.sums(order_key), order.updated_at)

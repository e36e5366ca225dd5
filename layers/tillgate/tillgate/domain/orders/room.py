"""How much room an order has for payments and operations. Read by every status, so it imports nothing that decides."""

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.methods import METHODS

MOST_PAYMENTS = 100  # the aggregate is one item, so attempts are limited
MOST_OPERATIONS = 100  # of a payment


def why_not(order: Order, method: str) -> str | None:
    """Why this method cannot pay this order, regardless of the connector; None if it can (IS-5, RG-7)."""
    if order.terms.methods is not None and method not in order.terms.methods:
        return f"this order does not offer {method}"
    if order.invoice is not None and METHODS[method].pays_later:
        return f"an invoice cannot be paid with {method}, which is paid after delivery"
    return None

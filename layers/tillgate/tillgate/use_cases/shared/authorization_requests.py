"""Builds the authorization request for a vendor payment (TH-4) or a named tender (IS-8) from what is recorded.

The result is always the same, so the request can be sent again.
"""

from tillgate.connectors.api import Authorization
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Operation
from tillgate.domain.payments.payment import Payment
from tillgate.wiring import System


def transfer(system: System, part: Order, payment: Payment, operation: Operation) -> Authorization:
    """The request that carves a vendor payment out of its technical payment."""
    if part.share is None:
        raise ValueError(f"{payment.payment_id} is no vendor payment")
    vendor = system.merchants.vendor(part.merchant_id, part.share.vendor_id)
    return Authorization(
        payment=payment,
        operation=operation,
        currency=part.currency,
        token=None,
        account=vendor.psp_account if vendor else None,
        return_url="",
        notification_url=f"{system.api_url}/psp/{payment.connector}/notifications",
        parent=part.share.technical_payment_id,
    )


def named(system: System, order: Order, payment: Payment, operation: Operation) -> Authorization:
    """A limited tender whose turn has come. The shopper is not present, so there can be no redirect (IS-6)."""
    vendor_id = order.terms.vendor_id
    vendor = system.merchants.vendor(order.merchant_id, vendor_id) if vendor_id else None
    return Authorization(
        payment=payment,
        operation=operation,
        currency=order.currency,
        token=payment.token,
        account=vendor.psp_account if vendor else None,
        return_url=f"{system.api_url}/psp/{payment.connector}/return/{payment.payment_id}",
        notification_url=f"{system.api_url}/psp/{payment.connector}/notifications",
    )

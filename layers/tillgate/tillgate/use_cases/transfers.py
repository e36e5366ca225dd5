"""What a PSP needs to carve a vendor payment out of its technical payment (TH-4)."""

from tillgate.connectors.base import Authorization
from tillgate.domain.order import Operation, Order, Payment
from tillgate.wiring import System


def transfer(system: System, part: Order, payment: Payment, operation: Operation) -> Authorization:
    """The same every time it is asked for, so that it can be sent again."""
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
        notification_url=f"{system.links['api_url']}/psp/{payment.connector}/notifications",
        parent=part.share.technical_payment_id,
    )

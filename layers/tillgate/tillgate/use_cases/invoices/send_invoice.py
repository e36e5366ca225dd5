"""An invoice's e-mail: requested by the merchant, passed to the mail service, and recorded (RG-7).

The request is a change of the order, so a crash loses none. The mail service has no idempotency keys: after a crash
between its answer and the last write the e-mail is sent twice, which costs no money.
"""

from collections.abc import Callable

from tillgate.domain.invoices.invoice import ask_to_send, is_to_be_mailed, mailed
from tillgate.domain.invoices.recipient import Recipient
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.amendments import renew_menu_link
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.refusals import CapabilityNotSupported, OperationNotAllowed
from tillgate.runtime.telemetry import count, logger
from tillgate.use_cases.invoices.create_invoice import NO_SENDER
from tillgate.use_cases.orders.create_order import new_menu_key
from tillgate.use_cases.shared.changes import change, load, operate
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

Post = Callable[[Order, Merchant, Recipient], None]


def send_invoice(system: System, merchant_id: str, order_key: str, *, guard: IdempotencyGuard) -> Order:
    """Requests that the e-mail be sent, for the first time or again."""

    def decide(order: Order) -> list[Event]:
        events = ask_to_send(order, system.now())
        if system.invoice_sender is None:
            raise CapabilityNotSupported(NO_SENDER)
        if system.recipients.load(order_key) is None:
            raise OperationNotAllowed("the customer's data was erased, so the invoice cannot be sent")
        # An invoice that was made before links had keys needs one.
        return events if order.menu_key else [*renew_menu_link(order, new_menu_key(), system.now()), *events]

    return operate(system, merchant_id, order_key, decide, guard)


def mail_invoice(system: System, order_key: str, number: int, post: Post) -> bool:
    """Sends the `number`th requested e-mail, unless it has been sent or is needless by now."""
    order = load(system, order_key)
    merchant = system.merchants.merchant(order.merchant_id)
    recipient = system.recipients.load(order_key)
    if not is_to_be_mailed(order, number, system.now()) or merchant is None or merchant.suspended or recipient is None:
        logger.info("invoice not mailed", extra={"order_key": order_key, "number": number, "status": order.status})
        return False
    post(order, merchant, recipient)
    count("InvoiceMailed")
    change(system, order_key, lambda now: mailed(now, number, system.now()), actor=Actor.SYSTEM, cause="mail")
    return True

"""Creates an invoice: an order with a payment link that is valid until its due date, weeks ahead (RG-7)."""

from datetime import datetime

from tillgate.domain.invoices.invoice import LONGEST, USUAL, check_methods
from tillgate.domain.invoices.recipient import Recipient
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.order import Invoice, Order, Terms
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.shared.refusals import CapabilityNotSupported, Refusal
from tillgate.use_cases.orders import create_order
from tillgate.use_cases.shared.email_keys import email_key
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def create_invoice(
    system: System,
    merchant: Merchant,
    *,
    order_reference: str,
    amount: int,
    currency: str,
    capture: Capture,
    due_at: datetime | None,
    terms: Terms,
    recipient: Recipient,
    send: bool | None,
    guard: IdempotencyGuard,
) -> Order:
    """One transaction saves order, reference, recipient and, with `send`, the promise of its e-mail.

    `send` None: if this deployment sends e-mails. Raises `DuplicateReference`, and `MethodNotApplicable` for methods
    that pay later. An invoice of nothing is paid at once: it has no e-mail.
    """
    check_methods(terms.methods)
    if send and not system.invoice_sender:
        raise CapabilityNotSupported(NO_SENDER, "/send")
    if send and amount == 0:
        raise Refusal("there is nothing to pay, so there is no payment link to send", "/send")
    now = system.now()
    due_at = due_at or now + USUAL
    if not now < due_at <= now + LONGEST:
        raise Refusal(f"must be in the future and at most {LONGEST.days} days ahead", "/due_at")
    asked = send if send is not None else system.invoice_sender is not None and amount > 0
    created = OrderCreated(
        order_key=create_order.new_order_key(),
        merchant_id=merchant.merchant_id,
        order_reference=order_reference,
        amount=amount,
        currency=currency,
        capture=capture,
        expires_at=due_at,
        terms=terms,
        menu_key=create_order.new_menu_key(),
        invoice=Invoice(asked=1, asked_at=now) if asked else Invoice(),
        at=now,
    )
    added = system.recipients.added(created.order_key, recipient, email_key(system, recipient.email))
    return create_order.save_new(system, created, guard, beside=[added])


NO_SENDER = "this deployment sends no e-mails; hand payment_url to the customer yourself, or ask the operator"

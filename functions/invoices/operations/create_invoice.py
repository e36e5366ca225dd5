"""POST /invoices: creates an invoice and sends its payment link to the customer (RG-7)."""

from datetime import datetime, timedelta

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response
from tillgate.api.invoices.calls import shown
from tillgate.api.invoices.models import CreateInvoice
from tillgate.domain.invoices.recipient import Recipient
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.lines import check_lines
from tillgate.domain.orders.order import Order, Terms
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.shared.refusals import Refusal
from tillgate.domain.shared.time_zones import day_ends
from tillgate.store.orders.saving import DuplicateReference
from tillgate.use_cases.invoices.create_invoice import create_invoice
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import load


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:write")
    body = request.read(CreateInvoice)
    return idempotent_for(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (_create(request, merchant, body, guard), None),
        lambda order, _: shown(request, order),
        reload=lambda order_key: load(request.system, order_key),
        answered=request.system.orders.as_answered,
        status=lambda _: 201,
        xml_root="invoice",
        personal=True,
    )


def _create(request: Request, merchant: Merchant, body: CreateInvoice, guard: IdempotencyGuard) -> Order:
    try:
        return create_invoice(
            request.system,
            merchant,
            order_reference=body.order_reference,
            amount=body.amount,
            currency=body.currency,
            capture=Capture(body.capture),
            due_at=_due_at(body, merchant),
            terms=_terms(body),
            recipient=Recipient(body.customer.email, body.customer.name),
            send=body.send,
            guard=guard,
        )
    except DuplicateReference:
        detail = f"an order or invoice with the reference {body.order_reference} exists; find it with GET /orders"
        raise Problem(409, "duplicate_reference", detail) from None


def _due_at(body: CreateInvoice, merchant: Merchant) -> datetime | None:
    """The day that the merchant names ends with its last microsecond."""
    if body.due_on is None:
        return body.due_at
    if body.due_at is not None:
        raise Refusal("give either due_at or due_on", "/due_on")
    return day_ends(body.due_on, merchant.time_zone) - timedelta(microseconds=1)


def _terms(body: CreateInvoice) -> Terms:
    """Without the customer: personal data must not be in events, which are kept forever."""
    urls = body.return_urls.model_dump(exclude_none=True) if body.return_urls else {}
    items = tuple(item.model_dump(exclude_none=True) for item in body.items)
    check_lines(items, body.amount)
    return Terms(
        description=body.description,
        items=items,
        locale=body.locale,
        metadata=body.metadata,
        methods=tuple(body.methods) if body.methods is not None else None,
        return_urls=urls,
        notification_url=body.notification_url,
        max_open_tenders=body.max_open_tenders,
    )

"""POST /orders: creates an order and returns its key and the menu's URL (CM-1)."""

from datetime import timedelta

from tillgate.api.http.authentication import caller
from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.idempotency import idempotent
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.models import CreateOrder
from tillgate.api.orders.views import order_view
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.lines import check_lines
from tillgate.domain.orders.order import Order, Terms
from tillgate.domain.payments.lifecycle import Capture
from tillgate.runtime.aws import make_at_init
from tillgate.store.orders.saving import DuplicateReference
from tillgate.use_cases.orders.create_order import create_order
from tillgate.use_cases.shared.idempotency import IdempotencyGuard

make_at_init("dynamodb", "secretsmanager")


@endpoint
def handler(request: Request) -> Response:
    merchant = caller(request, "orders:write")
    body = request.read(CreateOrder)
    return idempotent(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (_create(request, merchant, body, guard), None),
        lambda order, _: order_view(order, request.system.api_url),
        status=lambda _: 201,
    )


def _create(request: Request, merchant: Merchant, body: CreateOrder, guard: IdempotencyGuard) -> Order:
    try:
        return create_order(
            request.system,
            merchant,
            order_reference=body.order_reference,
            amount=body.amount,
            currency=body.currency,
            capture=Capture(body.capture),
            window=timedelta(minutes=body.expires_in_minutes),
            terms=_terms(body),
            guard=guard,
            multi_vendor=body.multi_vendor,
            customer=body.customer or None,
        )
    except DuplicateReference:
        detail = f"an order with the reference {body.order_reference} exists; find it with GET /orders"
        raise Problem(409, "duplicate_reference", detail) from None


def _terms(body: CreateOrder) -> Terms:
    urls = body.return_urls.model_dump(exclude_none=True) if body.return_urls else {}
    items = tuple(item.model_dump(exclude_none=True) for item in body.items)
    check_lines(items, body.amount)
    return Terms(
        description=body.description,
        items=items,
        shopper_key=body.shopper_key,
        address_key=body.address_key,
        locale=body.locale,
        metadata=body.metadata,
        methods=tuple(body.methods) if body.methods is not None else None,
        return_urls=urls,
        notification_url=body.notification_url,
        vendor_id=body.vendor_id,
        on_failed_tender=body.on_failed_tender,
        statement_descriptor=body.statement_descriptor,
        max_open_tenders=body.max_open_tenders,
        saved_instruments=body.saved_instruments,
        shopper_authenticated=body.shopper_authenticated,
    )

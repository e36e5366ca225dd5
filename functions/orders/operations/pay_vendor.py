"""POST /orders/{order_key}/vendor-payments: PAY, allots part of a technical payment to a vendor (TH-4)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response
from tillgate.api.marketplace.models import PayVendor
from tillgate.api.payments.views import payment_view
from tillgate.domain.orders.lookup import find_payment
from tillgate.domain.orders.order import Order
from tillgate.use_cases.marketplace.pay_vendor import ReferenceTaken, pay_vendor
from tillgate.use_cases.shared.idempotency import IdempotencyGuard


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:write")
    body = request.read(PayVendor)
    return idempotent(
        request,
        merchant.merchant_id,
        body,
        lambda guard: _pay(request, merchant.merchant_id, body, guard),
        lambda order, payment_id: payment_view(order, find_payment(order, payment_id or "")),
        status=lambda _: 201,
        xml_root="payment",
    )


def _pay(request: Request, merchant_id: str, body: PayVendor, guard: IdempotencyGuard) -> tuple[Order, str | None]:
    try:
        return pay_vendor(
            request.system,
            merchant_id,
            request.path["order_key"],
            technical_payment_id=body.technical_payment_id,
            vendor_id=body.vendor_id,
            amount=body.amount,
            sub_order_reference=body.sub_order_reference,
            fee=body.fee,
            guard=guard,
        )
    except ReferenceTaken:
        detail = f"the sub-order {body.sub_order_reference} of this order has another vendor, amount, fee or payment"
        raise Problem(409, "duplicate_reference", detail) from None

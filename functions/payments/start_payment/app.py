"""POST /orders/{order_key}/payments: START (CM-4, CM-5, RG-1, RG-2, RG-4, RG-5)."""

from tillgate.api.http.endpoint import Request, Response, endpoint
from tillgate.api.http.idempotency import once
from tillgate.api.payments.models import StartPayment
from tillgate.api.payments.views import payment_view
from tillgate.domain.orders.commands import find
from tillgate.use_cases.payments.payment_instruments import Wish
from tillgate.use_cases.payments.start_payment import start_payment


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:write")
    body = request.read(StartPayment)
    token = body.instrument.token if body.instrument else None
    return once(
        request,
        merchant.merchant_id,
        body,
        lambda guard: start_payment(
            request.system,
            merchant,
            request.path["order_key"],
            method=body.method,
            amount=body.amount,
            wish=Wish(token, save=body.save_instrument, recurring=body.recurring),
            return_url=body.return_url,
            guard=guard,
        ),
        lambda order, payment_id: payment_view(order, find(order, payment_id or "")),
        status=lambda _: 201,
        xml_root="payment",
    )

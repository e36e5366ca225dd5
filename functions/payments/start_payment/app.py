"""POST /orders/{order_key}/payments: START (CM-4, CM-5, RG-1, RG-2, RG-4, RG-5)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.idempotency import idempotent
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.models import StartPayment
from tillgate.api.payments.views import payment_view
from tillgate.domain.orders.lookup import find_payment
from tillgate.runtime.aws import make_at_init
from tillgate.use_cases.payments.payment_instruments import InstrumentRequest
from tillgate.use_cases.payments.start_payment import start_payment

make_at_init("dynamodb", "secretsmanager")


@endpoint
def handler(request: Request) -> Response:
    merchant = caller(request, "orders:write")
    body = request.read(StartPayment)
    token = body.instrument.token if body.instrument else None
    return idempotent(
        request,
        merchant.merchant_id,
        body,
        lambda guard: start_payment(
            request.system,
            merchant,
            request.path["order_key"],
            method=body.method,
            amount=body.amount,
            asked=InstrumentRequest(token, save=body.save_instrument, recurring=body.recurring),
            return_url=body.return_url,
            guard=guard,
        ),
        lambda order, payment_id: payment_view(order, find_payment(order, payment_id or "")),
        status=lambda _: 201,
        xml_root="payment",
    )

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
from tillgate.use_cases.payments.start_payment import Start, start_payment

make_at_init("dynamodb", "secretsmanager")


@endpoint
def handler(request: Request) -> Response:
    merchant = caller(request, "orders:write")
    body = request.read(StartPayment)
    asked = InstrumentRequest(
        paid_with=body.instrument.values if body.instrument else {}, save=body.save_instrument, recurring=body.recurring
    )
    context = body.shopper_context.values if body.shopper_context else {}
    return idempotent(
        request,
        merchant.merchant_id,
        body,
        lambda guard: start_payment(
            request.system,
            merchant,
            request.path["order_key"],
            Start(
                method=body.method,
                amount=body.amount,
                asked=asked,
                return_url=body.return_url,
                shopper_context=context,
            ),
            guard,
        ),
        lambda order, payment_id: payment_view(order, find_payment(order, payment_id or "")),
        status=lambda _: 201,
        xml_root="payment",
    )

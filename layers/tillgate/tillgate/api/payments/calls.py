"""What the operations on one payment share: the caller, the body, the idempotency key and the view."""

from collections.abc import Callable

from pydantic import BaseModel

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.place import place_of_payment
from tillgate.api.payments.views import payment_view
from tillgate.domain.orders.lookup import find_payment
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.idempotency import IdempotencyGuard


def on_payment[Model: BaseModel](
    request: Request, model: type[Model], perform: Callable[[str, str, str, Model, IdempotencyGuard], Order]
) -> Response:
    """Reads the body, calls `perform(merchant_id, order_key, payment_id, body, guard)` once and answers the payment."""
    merchant = caller(request, "orders:write")
    body = request.read(model)
    order_key, payment_id = place_of_payment(request)
    return idempotent(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (perform(merchant.merchant_id, order_key, payment_id, body, guard), payment_id),
        lambda order, _: payment_view(order, find_payment(order, payment_id)),
        xml_root="payment",
    )

"""What the calls on one payment share: the caller, the payment's place, its view and the idempotency key."""

from collections.abc import Callable

from pydantic import BaseModel

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.views import payment_view
from tillgate.domain.orders.lookup import find_payment
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import aggregate_key_of, parent_of
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


def place_of_payment(request: Request) -> tuple[str, str]:
    """The key of the order or of the vendor payment where the payment of the path lies, and its id."""
    payment_id = request.path["payment_id"]
    key = aggregate_key_of(payment_id)
    order_key = request.path.get("order_key") or parent_of(key)
    return (key if parent_of(key) == order_key else order_key), payment_id

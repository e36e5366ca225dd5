"""What the calls on one payment share: the caller, the payment's place, its view and the idempotency key."""

from collections.abc import Callable

from pydantic import BaseModel

from tillgate.api.http.endpoint import Request, Response
from tillgate.api.http.idempotency import once
from tillgate.api.payments.views import payment_view
from tillgate.domain.orders.commands import find
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import aggregate_key_of, parent_of
from tillgate.use_cases.shared.idempotency import Guard


def on_payment[Model: BaseModel](
    request: Request, model: type[Model], perform: Callable[[str, str, str, Model, Guard], Order]
) -> Response:
    """Reads the body, calls `perform(merchant_id, order_key, payment_id, body, guard)` once and answers the payment."""
    merchant = request.merchant("orders:write")
    body = request.read(model)
    order_key, payment_id = place_of_payment(request)
    return once(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (perform(merchant.merchant_id, order_key, payment_id, body, guard), payment_id),
        lambda order, _: payment_view(order, find(order, payment_id)),
        xml_root="payment",
    )


def place_of_payment(request: Request) -> tuple[str, str]:
    """The key of the order or of the vendor payment where the payment of the path lies, and its id."""
    payment_id = request.path["payment_id"]
    key = aggregate_key_of(payment_id)
    order_key = request.path.get("order_key") or parent_of(key)
    return (key if parent_of(key) == order_key else order_key), payment_id

"""What the calls on one payment share: the caller, the payment's place, its view and the idempotency key."""

from collections.abc import Callable

from pydantic import BaseModel

from tillgate.domain.commands import find
from tillgate.domain.keys import aggregate_key_of, parent_of
from tillgate.domain.order import Order
from tillgate.use_cases.guard import Guard

from .endpoint import Request, Response
from .once import once
from .views import order_view, payment_view


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


def on_order[Model: BaseModel](
    request: Request,
    model: type[Model],
    perform: Callable[[str, str, Model, Guard], Order],
    status: Callable[[Order], int] = lambda _: 200,
) -> Response:
    """The same for calls on a whole order: `perform(merchant_id, order_key, body, guard)`."""
    merchant = request.merchant("orders:write")
    body = request.read(model)
    order_key = request.path["order_key"]
    return once(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (perform(merchant.merchant_id, order_key, body, guard), None),
        lambda order, _: order_view(order, request.system.links["api_url"]),
        status=status,
    )

"""What the calls on one order share: the caller, the order's view and the idempotency key."""

from collections.abc import Callable

from pydantic import BaseModel

from tillgate.api.http.endpoint import Request, Response
from tillgate.api.http.idempotency import once
from tillgate.api.orders.views import order_view
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.idempotency import Guard


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

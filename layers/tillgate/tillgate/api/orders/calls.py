"""What the operations on one order share: the caller, the body, the idempotency key and the view."""

from collections.abc import Callable

from pydantic import BaseModel

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.views import order_view
from tillgate.domain.orders.order import Order
from tillgate.use_cases.shared.idempotency import IdempotencyGuard


def on_order[Model: BaseModel](
    request: Request,
    model: type[Model],
    perform: Callable[[str, str, Model, IdempotencyGuard], Order],
    status: Callable[[Order], int] = lambda _: 200,
) -> Response:
    """Reads the body, calls `perform(merchant_id, order_key, body, guard)` once and answers the order."""
    merchant = caller(request, "orders:write")
    body = request.read(model)
    order_key = request.path["order_key"]
    return idempotent(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (perform(merchant.merchant_id, order_key, body, guard), None),
        lambda order, _: order_view(order, request.system.api_url),
        status=status,
    )

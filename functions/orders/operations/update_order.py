"""PATCH /orders/{order_key}: changes the amount, the lines or the metadata (EV-8)."""

from tillgate.api.http.request import Request, Response
from tillgate.api.orders.calls import on_order
from tillgate.api.orders.models import UpdateOrder
from tillgate.use_cases.orders.update_order import update_order


def answer(request: Request) -> Response:
    return on_order(
        request,
        UpdateOrder,
        lambda merchant_id, order_key, body, guard: update_order(
            request.system,
            merchant_id,
            order_key,
            amount=body.amount,
            metadata=body.metadata,
            items=None if body.items is None else tuple(item.model_dump(exclude_none=True) for item in body.items),
            guard=guard,
        ),
    )

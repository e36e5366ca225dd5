"""POST /orders/{order_key}/menu-link: makes a new link to the menu; the old one ends at once."""

from tillgate.api.http.fields import Nothing
from tillgate.api.http.request import Request, Response
from tillgate.api.orders.calls import on_order
from tillgate.use_cases.orders.update_order import make_menu_link


def answer(request: Request) -> Response:
    return on_order(
        request,
        Nothing,
        lambda merchant_id, order_key, _, guard: make_menu_link(request.system, merchant_id, order_key, guard=guard),
    )

"""GET /notifications: the merchant's notifications with their attempts, newest first (GO-2)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.api.http.request import Request, Response
from tillgate.api.notifications.models import ListNotifications
from tillgate.api.notifications.views import delivery_view
from tillgate.domain.notifications.delivery import Delivery
from tillgate.use_cases.shared.load_order import load

MOST_PAGES = 5  # read per response when filtering by status; then the cursor continues


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(ListNotifications)
    found, position = _find(request, merchant.merchant_id, query)
    items = [delivery_view(delivery) for delivery in found]
    return Response(200, {"items": items, "next_cursor": cursor_of(position)}, xml_root="notifications")


def _find(request: Request, merchant_id: str, query: ListNotifications) -> tuple[list[Delivery], str | None]:
    position = position_of(query.cursor)
    if query.order_key is not None:
        load(request.system, query.order_key, merchant_id)
        return [each for each in request.system.deliveries.of_order(query.order_key) if _fits(each, query)], None
    found: list[Delivery] = []
    for _ in range(MOST_PAGES):
        page, position = request.system.deliveries.list_page(merchant_id, query.limit - len(found), position)
        found += [each for each in page if _fits(each, query)]
        if position is None or len(found) >= query.limit:
            break
    return found, position


def _fits(delivery: Delivery, query: ListNotifications) -> bool:
    return query.status in (None, delivery.status) and query.kind in (None, delivery.kind)

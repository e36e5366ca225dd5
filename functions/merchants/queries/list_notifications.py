"""GET /notifications: the merchant's notifications with their attempts, newest first (GO-2)."""

from itertools import islice

from tillgate.api.http.authentication import caller
from tillgate.api.http.cursors import position_of
from tillgate.api.http.pages import page
from tillgate.api.http.request import Request, Response
from tillgate.api.notifications.models import ListNotifications
from tillgate.api.notifications.views import delivery_view
from tillgate.domain.notifications.delivery import Delivery
from tillgate.store.shared.due_index import instant
from tillgate.use_cases.shared.load_order import load
from tillgate.use_cases.shared.paging import Paged, paged


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    query = request.read_query(ListNotifications)
    return Response(200, page(_find(request, merchant.merchant_id, query), delivery_view), xml_root="notifications")


def _find(request: Request, merchant_id: str, query: ListNotifications) -> Paged[Delivery]:
    before, order_key = position_of(query.cursor), query.order_key

    def read(limit: int, before: str | None) -> tuple[list[Delivery], str | None]:
        if order_key is None:
            return request.system.deliveries.list_page(merchant_id, limit, before)
        last = before.partition("#")[2] if before else None
        found = list(islice(request.system.deliveries.of_order(order_key, last), limit + 1))
        return found[:limit], _position(found[limit - 1]) if len(found) > limit else None

    def fits(delivery: Delivery) -> bool:
        return query.status in (None, delivery.status) and query.kind in (None, delivery.kind)

    if order_key is not None:
        load(request.system, order_key, merchant_id)
    return paged(read, _position, fits, limit=query.limit, before=before)


def _position(delivery: Delivery) -> str:
    return f"{instant(delivery.created_at)}#{delivery.notification_id}"

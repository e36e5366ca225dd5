"""GET /orders/{order_key}/split/{split_id}: a split's progress and each part's state."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.marketplace.split_views import split_view
from tillgate.domain.shared.refusals import NotFound


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read")
    split = request.system.splits.load(request.path["order_key"], request.path["split_id"])
    if split is None or split.merchant_id != merchant.merchant_id:
        raise NotFound("this split does not exist")
    return Response(200, split_view(split, request.system.splits.batches(split)), xml_root="split")

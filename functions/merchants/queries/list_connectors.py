"""GET /account/connectors: what each connector can do, and whether the account can use it (GO-8, IS-1)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.connectors import connector_view


def answer(request: Request) -> Response:
    merchant_id = caller(request, "orders:read").merchant_id
    own = {each.connector: each for each in request.system.connections.of_merchant(merchant_id)}
    items = [
        connector_view(request.system, each, merchant_id, own.get(each.name)) for each in request.system.manifests()
    ]
    return Response(200, {"items": items, "next_cursor": None}, xml_root="connectors")

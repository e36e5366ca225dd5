"""GET /account: who the caller is, where it is told, what it offers, its vendors."""

from tillgate.api.http.endpoint import Request, Response, endpoint
from tillgate.api.merchants.views import account_view


@endpoint
def handler(request: Request) -> Response:
    merchant = request.account("orders:read")
    return Response(200, account_view(request.system, merchant), xml_root="account")

"""GET /account: the caller's account, notification endpoints, methods and vendors."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.views import account_view


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:read", fresh=True)
    return Response(200, account_view(request.system, merchant), xml_root="account")

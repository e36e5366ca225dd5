"""DELETE /tokens/{token}: it pays no more, here and at its PSP (RG-5)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.use_cases.shoppers.saved_instruments import delete_instrument


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:write")
    delete_instrument(request.system, merchant.merchant_id, request.path["token"])
    return Response(204)

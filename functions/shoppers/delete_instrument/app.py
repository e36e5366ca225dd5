"""DELETE /tokens/{token}: it pays no more, here and at its PSP (RG-5)."""

from tillgate.api.http.endpoint import Request, Response, endpoint
from tillgate.use_cases.shoppers.saved_instruments import delete_instrument


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:write")
    delete_instrument(request.system, merchant.merchant_id, request.path["token"])
    return Response(204)

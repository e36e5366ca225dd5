"""DELETE /tokens/{token}: it pays no more, here and at its PSP (RG-5)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import deleted_once
from tillgate.api.http.request import Request, Response
from tillgate.use_cases.shoppers.saved_instruments import delete_instrument


def answer(request: Request) -> Response:
    merchant_id = caller(request, "orders:write").merchant_id
    token = request.path["token"]
    return deleted_once(request, merchant_id, token, lambda: delete_instrument(request.system, merchant_id, token))

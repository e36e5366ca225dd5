"""POST /shoppers/{shopper_key}/addresses: gives a shopper an address with a key of its own (CM-9)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.shoppers.models import AddAddress
from tillgate.api.shoppers.views import address_view
from tillgate.use_cases.shoppers.shoppers import add_address, load_shopper


def answer(request: Request) -> Response:
    merchant_id = caller(request, "orders:write").merchant_id
    body = request.read(AddAddress)
    shopper_key = request.path["shopper_key"]
    return idempotent_for(
        request,
        merchant_id,
        body,
        lambda guard: add_address(request.system, merchant_id, shopper_key, body.model_dump(), guard),
        address_view,
        reload=lambda key: load_shopper(request.system, merchant_id, key),
        status=lambda _: 201,
        xml_root="address",
        personal=True,
    )

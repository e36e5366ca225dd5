"""POST /shoppers: makes a shopper with a key of its own, apart from orders (CM-9)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.shoppers.models import CreateShopper
from tillgate.api.shoppers.views import shopper_view
from tillgate.use_cases.shoppers.shoppers import create_shopper, load_shopper


def answer(request: Request) -> Response:
    merchant_id = caller(request, "orders:write").merchant_id
    body = request.read(CreateShopper)
    return idempotent_for(
        request,
        merchant_id,
        body,
        lambda guard: (create_shopper(request.system, merchant_id, body.model_dump(), guard), None),
        lambda shopper, _: shopper_view(shopper),
        reload=lambda shopper_key: load_shopper(request.system, merchant_id, shopper_key),
        status=lambda _: 201,
        xml_root="shopper",
        personal=True,
    )

"""DELETE /shoppers/{shopper_key}: erases a shopper and all that is personal of it (GO-7). Again is no error."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.idempotency import deleted_once
from tillgate.api.http.request import Request, Response
from tillgate.domain.payments.operations import Actor
from tillgate.use_cases.shoppers.erase import erase_shopper


@endpoint
def handler(request: Request) -> Response:
    merchant_id = caller(request, "account:write").merchant_id
    key = request.path["shopper_key"]
    return deleted_once(
        request, merchant_id, key, lambda: erase_shopper(request.system, merchant_id, key, Actor.MERCHANT)
    )

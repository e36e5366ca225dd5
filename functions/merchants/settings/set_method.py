"""PUT /account/methods/{method}: whether it is enabled, its position, restrictions and connector (IS-16)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.models import SetMethod
from tillgate.api.merchants.views import method_view
from tillgate.domain.merchants.account import MethodRule
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shared.refusals import NotFound
from tillgate.use_cases.merchants.set_account import set_method


def answer(request: Request) -> Response:
    merchant = caller(request, "account:write")
    method = request.path["method"]
    if method not in METHODS:
        raise NotFound(f"this method does not exist; the methods are {', '.join(METHODS)}")
    body = request.read(SetMethod)
    rule = MethodRule(
        connector=body.connector,
        enabled=body.enabled,
        position=body.position,
        min_amount=body.min_amount,
        max_amount=body.max_amount,
        currencies=tuple(body.currencies) if body.currencies is not None else None,
    )
    merchant = set_method(request.system, merchant.merchant_id, method, rule)
    return Response(200, method_view(merchant, method), xml_root="method")

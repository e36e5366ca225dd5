"""PUT /account/methods/{method}: whether it is enabled, its position, restrictions and connector (IS-16)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.models import RouteCondition, SetMethod
from tillgate.api.merchants.views import method_view
from tillgate.domain.merchants.account import MethodRule
from tillgate.domain.merchants.routes import Route, When
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shared.refusals import NotFound
from tillgate.use_cases.merchants.accounts import find_merchant
from tillgate.use_cases.merchants.set_account import set_method


def answer(request: Request) -> Response:
    merchant = caller(request, "account:write")
    method = request.path["method"]
    if method not in METHODS:
        raise NotFound(f"this method does not exist; the methods are {', '.join(METHODS)}")
    body = request.read(SetMethod)
    rule = MethodRule(
        connector=body.connector or "",
        enabled=body.enabled,
        position=body.position,
        min_amount=body.min_amount,
        max_amount=body.max_amount,
        currencies=_as_tuple(body.currencies),
        routes=tuple(Route(each.connector, each.weight, _when(each.when)) for each in body.routes),
        failover=body.failover,
    )
    merchant_id = merchant.merchant_id
    return idempotent_for(
        request,
        merchant_id,
        body,
        lambda guard: (set_method(request.system, merchant_id, method, rule, guard), None),
        lambda merchant, _: method_view(merchant, method),
        reload=lambda key: find_merchant(request.system, key),
        xml_root="method",
    )


def _when(asked: RouteCondition) -> When:
    return When(
        currencies=_as_tuple(asked.currencies),
        brands=_as_tuple(asked.brands),
        countries=_as_tuple(asked.countries),
        amount_from=asked.amount_from,
        amount_to=asked.amount_to,
    )


def _as_tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return tuple(values) if values is not None else None

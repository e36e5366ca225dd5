"""PUT /account/time-zone: where the account's days begin and end (US-6)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.models import SetTimeZone
from tillgate.use_cases.merchants.accounts import find_merchant
from tillgate.use_cases.merchants.set_account import set_time_zone


def answer(request: Request) -> Response:
    merchant_id = caller(request, "account:write").merchant_id
    body = request.read(SetTimeZone)
    return idempotent_for(
        request,
        merchant_id,
        body,
        lambda guard: (set_time_zone(request.system, merchant_id, body.time_zone, guard), None),
        lambda merchant, _: {"time_zone": merchant.time_zone},
        reload=lambda key: find_merchant(request.system, key),
        xml_root="time_zone",
    )

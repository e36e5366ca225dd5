"""POST /payouts: money to a person's instrument (RG-6)."""

from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.once import once_for
from tillgate.api.payout_models import CreatePayout
from tillgate.api.payout_views import payout_view
from tillgate.api.problems import Problem
from tillgate.domain.payouts import Payout
from tillgate.store.merchants import Merchant
from tillgate.store.payouts import ReferenceUsed
from tillgate.use_cases.create_payout import create_payout
from tillgate.use_cases.guard import Guard
from tillgate.use_cases.loading_payouts import load_payout


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("payouts:write")
    body = request.read(CreatePayout)
    return once_for(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (_create(request, merchant, body, guard), None),
        lambda payout, _: payout_view(payout),
        reload=lambda payout_id: load_payout(request.system, payout_id, merchant.merchant_id),
        status=lambda _: 201,
        xml_root="payout",
    )


def _create(request: Request, merchant: Merchant, body: CreatePayout, guard: Guard[Payout]) -> Payout:
    fields = body.model_dump(exclude={"instrument"}) | {"token": body.instrument.token}
    try:
        return create_payout(request.system, merchant, fields, guard)
    except ReferenceUsed:
        detail = f"a payout with the reference {body.payout_reference} exists"
        raise Problem(409, "duplicate_reference", detail) from None

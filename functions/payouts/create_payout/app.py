"""POST /payouts: pays money out to a person's instrument (RG-6)."""

from tillgate.api.http.authentication import caller, client_of
from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response
from tillgate.api.payouts.models import CreatePayout
from tillgate.api.payouts.views import payout_view
from tillgate.domain.merchants.account import PAYOUTS, Merchant
from tillgate.domain.payouts.payout import Payout
from tillgate.store.payouts.payouts import ReferenceUsed
from tillgate.use_cases.payouts.create_payout import create_payout
from tillgate.use_cases.payouts.load_payout import load_payout
from tillgate.use_cases.shared.idempotency import IdempotencyGuard


@endpoint
def handler(request: Request) -> Response:
    merchant = caller(request, PAYOUTS)
    body = request.read(CreatePayout)
    return idempotent_for(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (_create(request, merchant, body, guard), None),
        lambda payout, _: payout_view(payout),
        reload=lambda payout_id: load_payout(request.system, payout_id, merchant.merchant_id),
        status=lambda _: 201,
        xml_root="payout",
    )


def _create(request: Request, merchant: Merchant, body: CreatePayout, guard: IdempotencyGuard[Payout]) -> Payout:
    fields = body.model_dump(exclude={"instrument"}) | {"token": body.instrument.token}
    try:
        return create_payout(request.system, merchant, client_of(request, PAYOUTS), fields, guard)
    except ReferenceUsed:
        detail = f"a payout with the reference {body.payout_reference} exists"
        raise Problem(409, "duplicate_reference", detail) from None

"""POST /tokens: saves what a shopper pays with, without a payment (RG-5)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.shoppers.instrument_models import SaveInstrument
from tillgate.api.shoppers.instrument_views import instrument_view
from tillgate.use_cases.shoppers.saved_instruments import register_instrument, resume_registration


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:write")
    body = request.read(SaveInstrument)
    return idempotent_for(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (
            register_instrument(
                request.system,
                merchant,
                shopper_key=body.shopper_key,
                method=body.method,
                token=body.instrument.token,
                return_url=body.return_url,
                guard=guard,
            ),
            None,
        ),
        lambda instrument, _: instrument_view(instrument),
        reload=lambda token: resume_registration(request.system, merchant.merchant_id, token, body.instrument.token),
        status=lambda _: 201,
        xml_root="token",
        personal=True,
    )

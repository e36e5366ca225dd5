"""POST /tokens: saves what a shopper pays with, without a payment (RG-5)."""

from tillgate.api.http.endpoint import Request, Response, endpoint
from tillgate.api.http.idempotency import once_for
from tillgate.api.shoppers.instrument_models import SaveInstrument
from tillgate.api.shoppers.instrument_views import instrument_view
from tillgate.use_cases.shoppers.saved_instruments import register_instrument, resume_registration


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:write")
    body = request.read(SaveInstrument)
    return once_for(
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

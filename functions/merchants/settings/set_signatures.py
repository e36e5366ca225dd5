"""PUT /account/signatures: keys that sign the merchant's calls, and whether calls must be signed (RG-11)."""

from tillgate.api.http.authentication import caller, signed_by
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.models import SetSignatures
from tillgate.api.merchants.views import signatures_view
from tillgate.use_cases.merchants.set_signatures import set_signatures


def answer(request: Request) -> Response:
    merchant = caller(request, "account:write", fresh=True)
    body = request.read(SetSignatures)
    merchant, new_key = set_signatures(
        request.system,
        merchant.merchant_id,
        required=body.required,
        new_key=body.new_key,
        retire=body.retire,
        signed_by=signed_by(request, merchant),
    )
    told = {"new_key": new_key} if new_key else {}
    return Response(200, signatures_view(merchant) | told, xml_root="signatures")

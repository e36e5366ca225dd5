"""PUT /account/signatures: keys that sign the merchant's calls, and whether calls must be signed (RG-11)."""

from tillgate.api.http.endpoint import Request, Response, endpoint
from tillgate.api.merchants.models import SetSignatures
from tillgate.api.merchants.views import signatures_view
from tillgate.use_cases.merchants.set_signatures import set_signatures


@endpoint
def handler(request: Request) -> Response:
    caller = request.account("account:write")
    body = request.read(SetSignatures)
    merchant, new_key = set_signatures(
        request.system,
        caller.merchant_id,
        required=body.required,
        new_key=body.new_key,
        retire=body.retire,
        signed_by=request.signed_by(caller),
    )
    told = {"new_key": new_key} if new_key else {}
    return Response(200, signatures_view(merchant) | told, xml_root="signatures")

"""PUT /account/signatures: keys that sign the merchant's calls, and whether calls must be signed (RG-11)."""

from tillgate.api.http.authentication import caller, signed_by
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.models import SetSignatures
from tillgate.api.merchants.views import signatures_view
from tillgate.domain.merchants.account import Merchant
from tillgate.use_cases.merchants.accounts import Guard, find_merchant
from tillgate.use_cases.merchants.set_signatures import set_signatures


def answer(request: Request) -> Response:
    merchant = caller(request, "account:write", fresh=True)
    body = request.read(SetSignatures)
    signer = signed_by(request, merchant)
    told: dict[str, dict[str, str]] = {}  # by this call alone: its repetition is not told the key again

    def perform(guard: Guard) -> tuple[Merchant, None]:
        after, key = set_signatures(
            request.system,
            merchant.merchant_id,
            required=body.required,
            new_key=body.new_key,
            retire=body.retire,
            signed_by=signer,
            guard=guard,
        )
        told.update({"new_key": key} if key else {})
        return after, None

    return idempotent_for(
        request,
        merchant.merchant_id,
        body,
        perform,
        lambda after, _: signatures_view(after) | told,
        reload=lambda key: find_merchant(request.system, key),
        xml_root="signatures",
        personal=True,
    )

"""PUT /account/notifications: the update URL, endpoints with event filters, a new signing secret (RG-12, CM-6)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.models import SetNotifications
from tillgate.api.merchants.views import notifications_view
from tillgate.domain.merchants.account import Merchant
from tillgate.use_cases.merchants.accounts import Guard, find_merchant
from tillgate.use_cases.merchants.set_account import set_notifications


def answer(request: Request) -> Response:
    merchant_id = caller(request, "account:write").merchant_id
    body = request.read(SetNotifications)
    given = {"update_url": body.update_url} if "update_url" in body.model_fields_set else {}
    endpoints = [(each.url, tuple(each.events)) for each in body.endpoints] if body.endpoints is not None else None
    told: dict[str, str] = {}  # by this call alone: its repetition is not told the secret again

    def perform(guard: Guard) -> tuple[Merchant, None]:
        merchant, secret = set_notifications(
            request.system,
            merchant_id,
            endpoints=endpoints,
            rotate_secret=body.rotate_secret,
            revoke_now=body.revoke_now,
            guard=guard,
            **given,
        )
        told.update({"signing_secret": secret} if secret else {})
        return merchant, None

    return idempotent_for(
        request,
        merchant_id,
        body,
        perform,
        lambda merchant, _: notifications_view(request.system, merchant) | told,
        reload=lambda key: find_merchant(request.system, key),
        xml_root="notifications",
        personal=True,
    )

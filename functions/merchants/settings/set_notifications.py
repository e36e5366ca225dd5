"""PUT /account/notifications: the update URL, endpoints with event filters, a new signing secret (RG-12, CM-6)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.models import SetNotifications
from tillgate.api.merchants.views import notifications_view
from tillgate.use_cases.merchants.set_account import set_notifications


def answer(request: Request) -> Response:
    merchant = caller(request, "account:write")
    body = request.read(SetNotifications)
    given = {"update_url": body.update_url} if "update_url" in body.model_fields_set else {}
    merchant, secret = set_notifications(
        request.system,
        merchant.merchant_id,
        endpoints=[(each.url, tuple(each.events)) for each in body.endpoints] if body.endpoints is not None else None,
        rotate_secret=body.rotate_secret,
        **given,
    )
    told = {"signing_secret": secret} if secret else {}
    return Response(200, notifications_view(request.system, merchant) | told, xml_root="notifications")

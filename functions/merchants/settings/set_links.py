"""PUT /account/links: the shop's pages that the menu leads to."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.models import SetLinks
from tillgate.api.merchants.views import links_view
from tillgate.use_cases.merchants.accounts import find_merchant
from tillgate.use_cases.merchants.set_account import set_links


def answer(request: Request) -> Response:
    merchant_id = caller(request, "account:write").merchant_id
    body = request.read(SetLinks)
    links = body.model_dump(exclude_none=True)
    return idempotent_for(
        request,
        merchant_id,
        body,
        lambda guard: (set_links(request.system, merchant_id, links, guard), None),
        lambda merchant, _: links_view(merchant),
        reload=lambda key: find_merchant(request.system, key),
        xml_root="links",
    )

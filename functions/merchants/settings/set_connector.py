"""PUT /account/connectors/{connector}: the merchant's own account with a PSP, test or live; write-only (GO-8)."""

from typing import Any

from tillgate.api.http.authentication import caller, client_of
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.merchants.connectors import change_of, connector_view
from tillgate.api.merchants.models import SetConnector
from tillgate.domain.merchants.connections import Connection
from tillgate.use_cases.merchants.set_connection import find_connection, set_connection

SCOPE = "account:write"


def answer(request: Request) -> Response:
    merchant_id = caller(request, SCOPE).merchant_id
    body = request.read(SetConnector)
    change, connector = change_of(body, client_of(request, SCOPE)), request.path["connector"]

    def view(own: Connection, _: str | None) -> dict[str, Any]:
        return connector_view(request.system, request.system.manifest(own.connector), merchant_id, own)

    return idempotent_for(
        request,
        merchant_id,
        body,
        lambda guard: (set_connection(request.system, merchant_id, connector, change, guard), None),
        view,
        reload=lambda _: find_connection(request.system, merchant_id, connector),
        xml_root="connector",
        personal=True,
    )

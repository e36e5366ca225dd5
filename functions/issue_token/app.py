"""POST /auth/token: client credentials for a bearer token (RG-9, RFC 6749 4.4)."""

import base64
import binascii
import re
from urllib.parse import unquote_plus

from tillgate.api.content import read_form
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.passwords import matches
from tillgate.api.problems import Problem
from tillgate.api.tokens import LIFE, issue

_CLIENT_ID = re.compile(r"[!-~]{1,100}")


def credentials(request: Request) -> tuple[str, str]:
    """Id and secret from HTTP Basic, or else from the form."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    form = read_form(request.text())
    if form.get("grant_type", "client_credentials") != "client_credentials":
        raise Problem(400, "unsupported_grant_type", "the grant type is client_credentials")
    if scheme.lower() != "basic":
        return str(form.get("client_id", "")), str(form.get("client_secret", ""))
    try:
        client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _refused() from None
    return unquote_plus(client_id), unquote_plus(client_secret)


def _refused() -> Problem:
    challenge = {"WWW-Authenticate": 'Basic realm="tillgate"'}
    return Problem(401, "unauthorized", "client id or secret is wrong", headers=challenge)


@endpoint
def handler(request: Request) -> Response:
    client_id, client_secret = credentials(request)
    client = request.system.merchants.client(client_id) if _CLIENT_ID.fullmatch(client_id) else None
    if client is None or not any(matches(client_secret, stored) for stored in client.secret_hashes):
        raise _refused()
    merchant = request.system.merchants.merchant(client.merchant_id)
    if merchant is None or merchant.suspended:
        raise _refused()
    token = issue(client.merchant_id, client.client_id, request.system.now())
    body = {"access_token": token, "token_type": "Bearer", "expires_in": int(LIFE.total_seconds())}
    return Response(200, body, {"Pragma": "no-cache"}, xml_root="token")

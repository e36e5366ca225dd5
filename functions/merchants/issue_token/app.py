"""POST /auth/token: issues a bearer token for client credentials (RG-9, RFC 6749 4.4).

Refusals are problem details with RFC 6749's `error` added, so that every OAuth client understands them.
"""

import base64
import binascii
import re
from urllib.parse import unquote_plus

from tillgate.api.http.access_tokens import LIFE, issue
from tillgate.api.http.content import read_form
from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response
from tillgate.domain.merchants.account import DEFAULT_SCOPES, Client
from tillgate.runtime.aws import make_at_init
from tillgate.use_cases.merchants.client_secrets import matches

make_at_init("dynamodb", "secretsmanager")

NOBODYS = "scrypt$00$00"  # no secret has this hash
_CLIENT_ID = re.compile(r"[!-~]{1,100}")


def credentials(request: Request) -> tuple[str, str, str]:
    """Id and secret from HTTP Basic or else from the form, and the requested scope."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    form = read_form(request.text())
    if form.get("grant_type", "client_credentials") != "client_credentials":
        detail = "the grant type is client_credentials"
        raise Problem(400, "unsupported_grant_type", detail, extra={"error": "unsupported_grant_type"})
    scope = str(form.get("scope", ""))
    if scheme.lower() != "basic":
        return str(form.get("client_id", "")), str(form.get("client_secret", "")), scope
    try:
        client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _refused() from None
    return unquote_plus(client_id), unquote_plus(client_secret), scope


def _refused() -> Problem:
    challenge = {"WWW-Authenticate": 'Basic realm="tillgate"'}
    extra = {"error": "invalid_client"}
    return Problem(401, "unauthorized", "the client id or secret is wrong", headers=challenge, extra=extra)


def _locked(seconds: int) -> Problem:
    detail = "too many wrong secrets for this client from your address; wait"
    return Problem(429, "too_many_requests", detail, headers={"Retry-After": str(seconds)})


def _scopes(asked: str, client: Client) -> tuple[str, ...]:
    """The requested scopes, or all scopes of the client."""
    wanted = tuple(dict.fromkeys(asked.split())) or client.scopes
    if not set(wanted) <= set(client.scopes):
        detail = f"the scopes of this client are {' '.join(client.scopes)}"
        raise Problem(400, "invalid_scope", detail, extra={"error": "invalid_scope"})
    return wanted


def _client(request: Request, client_id: str, client_secret: str) -> Client:
    """A wrong secret takes as long as a right one and is counted, even if the client does not exist."""
    place = str((request.event.get("requestContext", {}).get("identity") or {}).get("sourceIp", ""))
    if seconds := request.system.guesses.locked_for(client_id, place, request.system.now()):
        raise _locked(seconds)
    client = request.system.merchants.client(client_id)
    hashes = client.secret_hashes if client else (NOBODYS,)
    right = True in [matches(client_secret, stored) for stored in hashes]  # all, so that the time reveals nothing
    if client is None or not right:
        request.system.guesses.count(client_id, place, request.system.now())
        raise _refused()
    return client


@endpoint
def handler(request: Request) -> Response:
    client_id, client_secret, scope = credentials(request)
    if not _CLIENT_ID.fullmatch(client_id):
        raise _refused()
    client = _client(request, client_id, client_secret)
    scopes = _scopes(scope, client)
    merchant = request.system.merchants.merchant(client.merchant_id, fresh=True)
    if merchant is None or merchant.suspended:
        raise _refused()
    token = issue(client.merchant_id, client.client_id, request.system.now(), scopes)
    body = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(LIFE.total_seconds()),
    }
    if not set(DEFAULT_SCOPES) <= set(scopes):
        body["scope"] = " ".join(scopes)
    return Response(200, body, {"Pragma": "no-cache"}, xml_root="token")

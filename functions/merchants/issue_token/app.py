"""POST /auth/token: issues a bearer token for client credentials (RG-9, RFC 6749 4.4).

Refusals are problem details with RFC 6749's `error` added, so that every OAuth client understands them.
"""

import base64
import binascii
import re
from datetime import datetime
from urllib.parse import unquote_plus

from tillgate.api.http.access_tokens import ISSUER
from tillgate.api.http.content import FORM, media_type, read_form
from tillgate.api.http.endpoint import open_endpoint
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response
from tillgate.domain.merchants.account import DEFAULT_SCOPES, Client
from tillgate.domain.merchants.token_keys import LIFE
from tillgate.runtime.aws import make_at_init
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.merchants.client_secrets import matches
from tillgate.use_cases.merchants.token_keys import signing_key
from tillgate.wiring import System

make_at_init("dynamodb", "kms")

if __package__:  # Lambda puts this folder on the import path
    from .signing import token
else:
    from signing import token  # type: ignore[import-not-found,no-redef]

NOBODYS = "scrypt$00$00"  # no secret has this hash
_CLIENT_ID = re.compile(r"[!-~]{1,100}")


def credentials(request: Request) -> tuple[str, str, str]:
    """Id and secret from HTTP Basic or else from the form, and the requested scope."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    text = request.text()
    if text and scheme.lower() != "basic" and media_type(request.headers).endswith("json") and text.lstrip()[:1] == "{":
        detail = f"send id and secret with HTTP Basic, or in a form ({FORM}); this call takes no JSON (RFC 6749)"
        raise Problem(415, "unsupported_media_type", detail, extra={"error": "invalid_request"})
    form = read_form(text) if scheme.lower() != "basic" or text.lstrip()[:1] != "{" else {}
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
    """A guess is counted before the hash, which is what it costs us, even if the client does not exist.

    Who has come from this address with this secret before is not counted: whoever guesses there locks nobody else out.
    """
    place = str((request.event.get("requestContext", {}).get("identity") or {}).get("sourceIp", ""))
    guards, now = request.system.guards, request.system.now()
    known = guards.knows(client_id, place, client_secret)
    if not known and (seconds := guards.guess(client_id, place, now)):
        raise _locked(seconds)
    client = request.system.merchants.client(client_id)
    if client:  # what strangers make up is not logged
        logger.append_keys(merchant_id=client.merchant_id, client_id=client_id)
    right = matches(client_secret, *(client.valid_hashes(request.system.now()) if client else (NOBODYS,)))
    if client is None or not right:
        if known:
            guards.forget(client_id, place)
        raise _refused()
    if not known:
        guards.was_right(client_id, place, client_secret, now)
    return client


@open_endpoint
def handler(request: Request) -> Response:
    now = request.system.now()  # before the client is read: what is revoked from now on revokes this token
    client_id, client_secret, scope = credentials(request)
    if not _CLIENT_ID.fullmatch(client_id):
        raise _refused()
    client = _client(request, client_id, client_secret)
    scopes = _scopes(scope, client)
    merchant = request.system.merchants.merchant(client.merchant_id, fresh=True)
    if merchant is None or merchant.suspended:
        raise _refused()
    body = {
        "access_token": _signed(request.system, client, scopes, now),
        "token_type": "Bearer",
        "expires_in": int(LIFE.total_seconds()),
    }
    if not set(DEFAULT_SCOPES) <= set(scopes):
        body["scope"] = " ".join(scopes)
    return Response(200, body, {"Pragma": "no-cache"}, xml_root="token")


def _signed(system: System, client: Client, scopes: tuple[str, ...], now: datetime) -> str:
    key, private = signing_key(system)
    claims = {
        "iss": ISSUER,
        "sub": client.merchant_id,
        "client_id": client.client_id,
        "scope": " ".join(scopes),
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
    }
    return str(token(claims, key.kid, private))

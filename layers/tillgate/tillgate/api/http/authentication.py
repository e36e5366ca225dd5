"""Who calls: the access token, its scope, the account, and the signature of a signed call (RG-9, RG-11)."""

from tillgate.api.http import access_tokens
from tillgate.api.http.problems import unauthorized
from tillgate.api.http.request import Request
from tillgate.domain.merchants.account import Merchant
from tillgate.runtime.acting import Acting, acts
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.shared.callers import count_merchant

_INTEGRITY = frozenset({"signature-input", "content-digest"})


def caller(request: Request, scope: str, *, fresh: bool = False) -> Merchant:
    """The merchant that calls. 401 without a valid token or signature or when suspended, 403 without the scope.

    The account may be up to a minute old. `fresh` reads it again, for calls that show what was just set.
    """
    claims = access_tokens.verify(request.system, request.headers.get("authorization", ""), scope)
    logger.append_keys(merchant_id=claims.merchant_id, client_id=claims.client_id)
    acts(Acting("api", claims.client_id, " ".join(request.route), request.id))
    merchant = _live(request.system.merchants.merchant(claims.merchant_id), claims)
    count_merchant(request.system, merchant)
    signed_by(request, merchant)
    if fresh:
        merchant = _live(request.system.merchants.merchant(merchant.merchant_id, fresh=True), claims)
    return merchant


def _live(merchant: Merchant | None, claims: access_tokens.Claims) -> Merchant:
    """The account that still takes this token. 401 if it is suspended or has revoked it."""
    if merchant is None or merchant.suspended:
        raise unauthorized("this account is suspended; ask the operator")
    if merchant.has_revoked(claims.client_id, claims.issued):
        raise unauthorized("the token was revoked; get a new one from POST /auth/token")
    return merchant


def client_of(request: Request, scope: str) -> str:
    """The id of the client that calls."""
    return access_tokens.verify(request.system, request.headers.get("authorization", ""), scope).client_id


def signed_by(request: Request, merchant: Merchant) -> str | None:
    """The id of the key that signed the call; None if it is unsigned and may be. 401 for a bad or missing one."""
    if not merchant.requires_signatures and _INTEGRITY.isdisjoint(request.headers):
        return None
    from tillgate.api.http import request_signatures  # only signed calls load it

    return request_signatures.check(request, merchant)

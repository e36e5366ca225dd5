"""Signed calls (RG-11): HMAC-SHA256 over what determines a call's effect (RFC 9421), with one of the account's keys.

The signature must cover `@method`, `@path`, each query parameter, `content-digest` if there is a body, and each header
of `MEANT` that is sent. It cannot cover host, scheme or the whole query, which proxies may change or API Gateway does
not pass on.
"""

import base64
import hashlib
import hmac
from typing import Any

from tillgate.api.http.content_digest import check_digest
from tillgate.api.http.message_signatures import Signature, Wrong, bases, query_param, read_signatures
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request
from tillgate.api.http.structured_fields import Component, written, written_list
from tillgate.domain.merchants.account import Merchant, SignatureKey
from tillgate.store.shared.encryption import REQUEST_SIGNATURE

TOLERANCE_SECONDS = 300
ALGORITHM = "hmac-sha256"
_READING = ("GET", "HEAD")
MEANT = ("content-type", "idempotency-key", "if-match")  # headers that change a call's effect


def check(request: Request, merchant: Merchant) -> str | None:
    """The id of the key that signed the call; None if none of ours did and none has to.

    Raises `Problem`: 401 for a missing or wrong signature, 400 for a digest that does not match the body.
    """
    if (digest := request.headers.get("content-digest")) is not None:
        check_digest(digest, request.raw)
    try:
        return _check(request, merchant)
    except Wrong as wrong:
        raise _refused(request, merchant, "signature_invalid", f"the signature is not taken: {wrong}") from None


def _check(request: Request, merchant: Merchant) -> str | None:
    found = read_signatures(request)
    keys = _keys(request, merchant, found)
    signed = [(each, keys[str(each.params["keyid"])]) for each in found if each.params.get("keyid") in keys]
    for signature, key in signed:
        _check_one(request, merchant, signature, key)
    if signed:
        return signed[0][1].key_id
    if found and (keys or merchant.requires_signatures):
        raise Wrong("its keyid is not an active key of this account; GET /account lists them")
    if merchant.requires_signatures:
        detail = "this account accepts only signed calls: send Signature-Input and Signature (RFC 9421)"
        raise _refused(request, merchant, "signature_required", detail)
    return None


def _keys(request: Request, merchant: Merchant, found: list[Signature]) -> dict[str, SignatureKey]:
    """The account's live keys by id; the account is read again if the call names a key that may be new."""
    keys = {key.key_id: key for key in merchant.signature_keys}
    if {each.params.get("keyid") for each in found} - set(keys):
        now = request.system.merchants.merchant(merchant.merchant_id, fresh=True) or merchant
        keys = {key.key_id: key for key in now.signature_keys}
    return keys


def _check_one(request: Request, merchant: Merchant, signature: Signature, key: SignatureKey) -> None:
    _check_params(signature.params, request.system.now().timestamp())
    covered = [written(component) for component in signature.components]
    if len(set(covered)) < len(covered):
        raise Wrong("it covers a component twice")
    missing = [each for each in map(written, _required(request, merchant)) if each not in covered]
    if missing:
        raise Wrong(f"it does not cover {', '.join(missing)}")
    secret = base64.b64decode(request.system.seal.decrypt(key.sealed, merchant.merchant_id, REQUEST_SIGNATURE))
    right = [hmac.new(secret, base.encode(), hashlib.sha256).digest() for base in bases(request, signature)]
    if True not in [hmac.compare_digest(each, signature.value) for each in right]:
        raise Wrong("it does not match this call and key")


def _check_params(params: dict[str, Any], now: float) -> None:
    created, expires = params.get("created"), params.get("expires")
    if type(created) is not int:
        raise Wrong("it has no created parameter (a Unix timestamp in seconds)")
    if abs(now - created) > TOLERANCE_SECONDS:
        raise Wrong(f"created is more than five minutes off; now it is {int(now)}")
    if expires is not None and (type(expires) is not int or expires < now):
        raise Wrong("it has expired")
    if params.get("alg", ALGORITHM) != ALGORITHM:
        raise Wrong(f"alg must be {ALGORITHM}")


def _required(request: Request, merchant: Merchant) -> list[Component]:
    """What the signature of this call must cover. If signatures are required, a replay must do nothing: each call that
    changes something then needs an Idempotency-Key, which is kept for longer than a signature is valid."""
    names = [name for name in MEANT if name in request.headers]
    if merchant.requires_signatures and request.method_and_path[0] not in _READING:
        names = list(dict.fromkeys([*names, "idempotency-key"]))
    if request.raw:
        names.append("content-digest")
    query = [query_param(name) for name in request.multi_query]
    return [("@method", {}), ("@path", {}), *query, *((name, {}) for name in names)]


def _refused(request: Request, merchant: Merchant, code: str, detail: str) -> Problem:
    """401, with what a signature must cover in Accept-Signature."""
    wanted = written_list(_required(request, merchant), {"created": True, "alg": ALGORITHM})
    headers = {"WWW-Authenticate": 'Signature realm="tillgate"', "Accept-Signature": f"sig={wanted}"}
    return Problem(401, code, detail, headers=headers)

"""Access tokens as IssueToken signs them, by keys of the tests, made with libraries that know nothing of ours."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tillgate.domain.merchants.account import DEFAULT_SCOPES
from tillgate.domain.merchants.token_keys import TokenKey, TokenKeys

type Private = ec.EllipticCurvePrivateKey

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LIFE = timedelta(hours=1)


def private_key(number: int) -> Private:
    """A key that is always the same."""
    return ec.derive_private_key(0x7E57 * 2**200 + number, ec.SECP256R1())


PRIVATE = {"k1": private_key(1), "k2": private_key(2)}


def public(kid: str, key: Private, signs_from: datetime = LONG_AGO) -> TokenKey:
    numbers = key.public_key().public_numbers()
    return TokenKey(kid, _base64url(numbers.x.to_bytes(32)), _base64url(numbers.y.to_bytes(32)), signs_from)


def public_keys(*more: TokenKey) -> TokenKeys:
    """`k2` signs, and `k1`, the key before, still verifies."""
    return TokenKeys((*more, public("k2", PRIVATE["k2"]), public("k1", PRIVATE["k1"])))


def pkcs8(key: Private) -> bytes:
    encryption = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, encryption)


def issue(merchant_id: str, client_id: str, now: datetime, scopes: Iterable[str] = DEFAULT_SCOPES) -> str:
    """A token that is valid from now on, for an hour."""
    claims: dict[str, Any] = {"iss": "tillgate", "sub": merchant_id, "client_id": client_id, "scope": " ".join(scopes)}
    claims |= {"iat": int(now.timestamp()), "exp": int((now + LIFE).timestamp())}
    return jwt.encode(claims, PRIVATE["k2"], algorithm="ES256", headers={"kid": "k2"})


class KeyPairs:
    """In place of KMS, which moto does not let make key pairs: what it seals here is only wrapped up."""

    def make(self) -> tuple[bytes, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        return key.public_key().public_bytes(serialization.Encoding.DER, spki), sealed(key)

    def open(self, sealed: str) -> bytes:
        return base64.b64decode(sealed)


def sealed(key: Private) -> str:
    return base64.b64encode(pkcs8(key)).decode()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

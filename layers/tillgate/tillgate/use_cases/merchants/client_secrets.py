"""Client secrets: random, stored only as a slow hash (scrypt, RFC 7914)."""

import hashlib
import hmac
import secrets

_COST = {"n": 2**14, "r": 8, "p": 1}


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_digest(secret, salt).hex()}"


def matches(secret: str, stored: str) -> bool:
    _, salt, digest = stored.split("$")
    return hmac.compare_digest(_digest(secret, bytes.fromhex(salt)).hex(), digest)


def _digest(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=_COST["n"], r=_COST["r"], p=_COST["p"])

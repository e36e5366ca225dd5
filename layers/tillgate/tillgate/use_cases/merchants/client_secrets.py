"""Client secrets: random, stored only as a slow hash (scrypt, RFC 7914)."""

import hashlib
import hmac
import secrets

_COST = {"n": 2**14, "r": 8, "p": 1}


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_secret(secret: str, *, like: str | None = None) -> str:
    """`like`: another hash of the same client, whose salt it shares: secrets are random, and are compared in one go."""
    salt = bytes.fromhex(like.split("$")[1]) if like else secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_digest(secret, salt).hex()}"


def matches(secret: str, *stored: str) -> bool:
    """Whether it is one of these. It takes as long for two of a client as for one: their salt is the same."""
    found = False
    for salt in dict.fromkeys(each.split("$")[1] for each in stored):
        digest = _digest(secret, bytes.fromhex(salt)).hex()
        for each in stored:
            found |= hmac.compare_digest(f"scrypt${salt}${digest}", each)
    return found


def _digest(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=_COST["n"], r=_COST["r"], p=_COST["p"])

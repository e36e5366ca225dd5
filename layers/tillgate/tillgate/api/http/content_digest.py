"""`Content-Digest` (RFC 9530): a checksum of the body as sent (RG-11)."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from tillgate.api.http.problems import Problem
from tillgate.api.http.structured_fields import read_dictionary

_HASHES: dict[str, Callable[[bytes], Any]] = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
WANTED = {"Want-Content-Digest": "sha-256=10, sha-512=5"}


def check_digest(field: str, body: bytes) -> None:
    """400 unless there is a digest that we can compute and all of those match the body."""
    try:
        digests = read_dictionary(field)
    except ValueError:
        raise _wrong("cannot be read; it is like sha-256=:base64:") from None
    known = [(name, digest[0]) for name, digest in digests.items() if name in _HASHES]
    if not known:
        raise _wrong(f"needs a digest by {' or '.join(_HASHES)}")
    for name, given in known:
        if not isinstance(given, bytes) or not hmac.compare_digest(given, _HASHES[name](body).digest()):
            raise _wrong(f"is not the {name} of the body as it arrived: the body was changed on its way, or after")


def _wrong(what: str) -> Problem:
    return Problem(400, "digest_mismatch", f"Content-Digest {what}", headers=WANTED)

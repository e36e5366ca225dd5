"""Signs access tokens with ES256. It is part of this function's package alone: nothing else can sign."""

import platform
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tillgate.api.http.json_web_tokens import encoded


def token(claims: Mapping[str, Any], kid: str, private_key: bytes) -> str:
    """The claims as a signed token (RFC 7519). `private_key`: PKCS #8."""
    message = f"{encoded({'alg': 'ES256', 'typ': 'JWT', 'kid': kid})}.{encoded(claims)}"
    return f"{message}.{encoded(_signature(message.encode(), private_key))}"


def _signature(message: bytes, private_key: bytes) -> bytes:
    """r and s in 32 bytes each (RFC 7518, 3.4)."""
    _find_library()
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    r, s = utils.decode_dss_signature(_loaded(private_key).sign(message, ec.ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


@cache
def _loaded(private_key: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(private_key, None)


@cache
def _find_library() -> None:
    """The layer has the library for both architectures in folders of their own: its modules have the same names."""
    for folder in (Path(each) / f"signing_{platform.machine()}" for each in list(sys.path)):
        if folder.is_dir():
            sys.path.append(str(folder))

"""Tokens by the deployed system's own key, which only an administrator of its AWS account can open."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_der_private_key


@dataclass(frozen=True)
class Mint:
    """The key that signs now."""

    kid: str
    key: Any
    sealed: str

    def signed(self, claims: Mapping[str, Any], key: Any = None, kid: str | None = None, method: str = "ES256") -> str:
        return "Bearer " + jwt.encode(
            dict(claims), key or self.key, algorithm=method, headers={"kid": self.kid if kid is None else kid}
        )


def mint(aws: Callable[[str], Any], resources: Mapping[str, str]) -> Mint:
    table = resources["MerchantsTable"]

    def document(pk: str, sk: str) -> Any:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        return json.loads(aws("dynamodb").get_item(TableName=table, Key=key)["Item"]["document"]["S"])

    kid = document("TOKEN_KEYS", "PUBLIC")["keys"][-1]["kid"]
    sealed = document("TOKEN_SIGNING_KEYS", kid)["sealed"]
    opened = aws("kms").decrypt(
        KeyId=resources["MerchantSecretsKey"],
        CiphertextBlob=base64.b64decode(sealed),
        EncryptionContext={"purpose": "access-token"},
    )
    return Mint(kid, load_der_private_key(opened["Plaintext"], None), sealed)

"""Encrypts secrets that are needed in plain text, such as signing secrets, with a key that never leaves KMS."""

import base64
from typing import Any

REQUEST_SIGNATURE = "request-signature"  # a purpose: the API's functions may open only these secrets


class Seal:
    """A sealed secret opens only for its merchant and purpose: both KMS and IAM check them."""

    def __init__(self, kms: Any, key_id: str) -> None:
        self._kms = kms
        self._key_id = key_id
        self._opened: dict[str, str] = {}

    def encrypt(self, secret: str, merchant_id: str, purpose: str | None = None) -> str:
        context = _of(merchant_id, purpose)
        answer = self._kms.encrypt(KeyId=self._key_id, Plaintext=secret.encode(), EncryptionContext=context)
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def decrypt(self, sealed: str, merchant_id: str, purpose: str | None = None) -> str:
        """Cached once opened: KMS is called once per process and secret."""
        if sealed not in self._opened:
            answer = self._kms.decrypt(
                KeyId=self._key_id, CiphertextBlob=base64.b64decode(sealed), EncryptionContext=_of(merchant_id, purpose)
            )
            self._opened[sealed] = answer["Plaintext"].decode()
        return self._opened[sealed]


def _of(merchant_id: str, purpose: str | None) -> dict[str, str]:
    return {"merchant_id": merchant_id} | ({"purpose": purpose} if purpose else {})

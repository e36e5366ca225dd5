"""Encrypts what has to be told again, such as signing secrets, with a key of KMS that never leaves it."""

import base64
from typing import Any

REQUEST_SIGNATURE = "request-signature"  # a purpose: functions of the API may open these secrets and no other


class Seal:
    """A sealed secret opens for its merchant and purpose alone: both are part of what KMS checks, and IAM too."""

    def __init__(self, kms: Any, key_id: str) -> None:
        self._kms = kms
        self._key_id = key_id
        self._opened: dict[str, str] = {}

    def encrypt(self, secret: str, merchant_id: str, purpose: str | None = None) -> str:
        context = _of(merchant_id, purpose)
        answer = self._kms.encrypt(KeyId=self._key_id, Plaintext=secret.encode(), EncryptionContext=context)
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def decrypt(self, sealed: str, merchant_id: str, purpose: str | None = None) -> str:
        """Kept in memory once opened: KMS is asked once a process and secret."""
        if sealed not in self._opened:
            answer = self._kms.decrypt(
                KeyId=self._key_id, CiphertextBlob=base64.b64decode(sealed), EncryptionContext=_of(merchant_id, purpose)
            )
            self._opened[sealed] = answer["Plaintext"].decode()
        return self._opened[sealed]


def _of(merchant_id: str, purpose: str | None) -> dict[str, str]:
    return {"merchant_id": merchant_id} | ({"purpose": purpose} if purpose else {})

"""Encrypts secrets that are needed in plain text, such as signing secrets, with a key that never leaves KMS."""

import base64
from typing import Any

ACCESS_TOKEN = "access-token"  # a purpose: only IssueToken may open these  # noqa: S105
REQUEST_SIGNATURE = "request-signature"  # a purpose: the API's functions may open only these secrets
EMAIL_KEY = "email-key"  # a purpose: only who hashes e-mail addresses may open it


class Seal:
    """A sealed secret opens only for its merchant, its purpose and what else it was sealed for: both KMS and IAM check
    this. A secret without a merchant is the deployment's own."""

    def __init__(self, kms: Any, key_id: str) -> None:
        self._kms = kms
        self._key_id = key_id
        self._opened: dict[tuple[str, ...], str] = {}

    def encrypt(self, secret: str, merchant_id: str | None, purpose: str | None = None, **more: str) -> str:
        context = _of(merchant_id, purpose, more)
        answer = self._kms.encrypt(KeyId=self._key_id, Plaintext=secret.encode(), EncryptionContext=context)
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def decrypt(self, sealed: str, merchant_id: str | None, purpose: str | None = None, **more: str) -> str:
        """Cached once opened: KMS is called once per process and secret."""
        context = _of(merchant_id, purpose, more)
        place = (sealed, *(f"{name}={value}" for name, value in sorted(context.items())))
        if place not in self._opened:
            answer = self._kms.decrypt(
                KeyId=self._key_id, CiphertextBlob=base64.b64decode(sealed), EncryptionContext=context
            )
            self._opened[place] = answer["Plaintext"].decode()
        return self._opened[place]


def _of(merchant_id: str | None, purpose: str | None, more: dict[str, str]) -> dict[str, str]:
    return ({"merchant_id": merchant_id} if merchant_id else {}) | ({"purpose": purpose} if purpose else {}) | more


class SealedKeyPairs:
    """Key pairs for signing access tokens: KMS makes them and seals the private half, which nobody sees who makes one.

    Who may open it is IAM's to say, by the purpose.
    """

    def __init__(self, kms: Any, key_id: str) -> None:
        self._kms = kms
        self._key_id = key_id
        self._opened: dict[str, bytes] = {}

    def make(self) -> tuple[bytes, str]:
        """The public half (RFC 5280's SubjectPublicKeyInfo) of a new pair on P-256, and the private one, sealed."""
        answer = self._kms.generate_data_key_pair_without_plaintext(
            KeyId=self._key_id, KeyPairSpec="ECC_NIST_P256", EncryptionContext={"purpose": ACCESS_TOKEN}
        )
        return answer["PublicKey"], base64.b64encode(answer["PrivateKeyCiphertextBlob"]).decode()

    def open(self, sealed: str) -> bytes:
        """The private half (PKCS #8, RFC 5958). KMS is called once per process and key."""
        if sealed not in self._opened:
            answer = self._kms.decrypt(
                KeyId=self._key_id,
                CiphertextBlob=base64.b64decode(sealed),
                EncryptionContext={"purpose": ACCESS_TOKEN},
            )
            self._opened[sealed] = answer["Plaintext"]
        return self._opened[sealed]

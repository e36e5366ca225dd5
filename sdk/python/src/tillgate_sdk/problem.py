"""What a call can raise."""

from collections.abc import Mapping
from typing import Any


class TillgateError(Exception):
    """Every error of this SDK."""


class NoAnswer(TillgateError):
    """No answer came, after several tries: whether the call took effect is not known.

    Repeat it with the same `idempotency_key`: it takes effect once.
    """

    def __init__(self, message: str, idempotency_key: str | None = None) -> None:
        super().__init__(message)
        self.idempotency_key = idempotency_key


class InvalidSignature(TillgateError):
    """A notification is not from Tillgate, was changed, or is old. Answer 400 and do nothing."""


class Problem(TillgateError):
    """An error that the API answered (RFC 9457). Each `code` has a class of its own; go by it or by `code`."""

    def __init__(self, status: int, body: Mapping[str, Any], idempotency_key: str | None = None) -> None:
        self.status = status
        self.code = str(body.get("code", "internal_error"))
        self.detail = str(body.get("detail", ""))
        self.type = str(body.get("type", "about:blank"))  # a URL that tells more
        self.request_id = str(body.get("request_id", ""))
        self.errors: list[dict[str, str]] = body.get("errors", [])  # [{"pointer", "detail"}]
        self.idempotency_key = idempotency_key
        fields = "".join(f"; {each['pointer']} {each['detail']}" for each in self.errors)
        super().__init__(f"{status} {self.code}: {self.detail}{fields}")

"""Refusals of the sandbox PSP, with the HTTP status and the code for the caller."""

from __future__ import annotations


class PspError(Exception):
    """Becomes the response `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def unauthorized(message: str) -> PspError:
    return PspError(401, "unauthorized", message)


def not_found(what: str = "payment") -> PspError:
    return PspError(404, "not_found", f"There is no such {what}.")


def invalid(message: str, code: str = "invalid_request") -> PspError:
    return PspError(422, code, message)


def busy() -> PspError:
    return PspError(503, "busy", "The payment is being changed by others. Try again.")

"""Problem details (RFC 9457): every refusal has a status, a stable code and a text that says what to do about it."""

from collections.abc import Mapping
from typing import Any

TITLES = {
    400: "Malformed request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    409: "Not possible in this state",
    412: "Precondition failed",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid request",
    429: "Too many requests",
    500: "Internal error",
    503: "Service unavailable",
}

# The HTTP status of each code of a domain refusal.
STATUS_BY_CODE = {
    "invalid_request": 422,
    "amount_exceeds_available": 422,
    "method_not_applicable": 422,
    "instrument_blocked": 422,
    "payout_limit_exceeded": 422,
    "capability_not_supported": 422,
    "card_data_not_allowed": 422,
    "order_too_large": 422,
    "not_found": 404,
    "operation_not_allowed": 409,
    "precondition_failed": 412,
    "too_many_requests": 429,
    "psp_unavailable": 503,
    "operate_on_vendor_payments": 409,
}


class Problem(Exception):
    """A refusal for the caller. `errors` point at fields: [{"pointer", "detail"}] (RFC 6901)."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self, request_id: str, api_url: str) -> dict[str, Any]:
        """The problem details; `type` leads to the code's section of the docs page (ADR 155)."""
        body: dict[str, Any] = {
            "type": f"{api_url}/docs#error-{self.code}",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "request_id": request_id,
        }
        return body | ({"errors": self.errors} if self.errors else {}) | self.extra


def unauthorized(detail: str) -> Problem:
    return Problem(401, "unauthorized", detail, headers={"WWW-Authenticate": 'Bearer realm="tillgate"'})


def overloaded() -> Problem:
    detail = "the database is overloaded and nothing was changed; try again later"
    return Problem(503, "service_unavailable", detail, headers={"Retry-After": "2"})


def concurrent() -> Problem:
    return Problem(
        409, "concurrent_request", "another request is changing this resource; try again", headers={"Retry-After": "1"}
    )

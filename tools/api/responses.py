"""The responses and errors of each call, in OpenAPI's terms."""

from typing import Any

from tillgate.api.http.problems import Problem
from tools.errors import CODES

from . import examples
from .routes.route import Route

Schema = dict[str, Any]
API_URL = "https://tillgate.example.com/v1"
REQUEST_ID = "5f8a0c2d-9e4b-4a61-8b52-0a1b2c3d4e5f"

MEANINGS = {
    400: "The request cannot be parsed",
    401: "The token or signature is missing or invalid, or the account is suspended",
    403: "The token lacks the scope",
    404: "The resource does not exist, or belongs to another merchant",
    409: "Not possible in the current state, or another request is in progress",
    412: "The order's version does not match If-Match",
    413: "The body is too large",
    415: "The body is neither JSON nor a form",
    422: "The request was understood but is invalid",
    429: "Too many requests; wait for Retry-After",
    500: "Internal error",
    503: "The database is overloaded and nothing was changed; wait for Retry-After",
}
HEADERS: Schema = {
    "X-Request-Id": {"description": "Identifies this call in our logs.", "schema": {"type": "string"}},
    "ETag": {"description": "The order's version, for If-Match and If-None-Match.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "`true`: this is the response to an earlier call with the same key; nothing was done again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {"description": "The next page, `rel=next` (RFC 8288), if there is one.", "schema": {"type": "string"}},
    "Next-Cursor": {"description": "The cursor of the next page, if there is one.", "schema": {"type": "string"}},
    "Export-Status": {
        "description": "`closed`: the day is over and never changes; `open`: what is known so far.",
        "schema": {"type": "string", "enum": ["open", "closed"]},
    },
    "Accept-Signature": {
        "description": "What the signature must cover, if the call was rejected because of its signature.",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
}
# Calls that a created resource leads to.
ORDER_LINKS = (
    "get_order",
    "update_order",
    "start_payment",
    "cancel_order",
    "withdraw_order",
    "get_history",
    "list_order_methods",
    "list_refunds",
)
PAYMENT_LINKS = (
    "get_payment",
    "capture_payment",
    "cancel_payment",
    "refund_payment",
    "sync_payment",
    "withdraw_payment",
)
SHOPPER_LINKS = ("get_shopper", "add_address")


def responses(route: Route) -> Schema:
    answers = {str(status): _answer(route, status, name) for status, name in route.answers.items()}
    refused = {
        str(status): {"$ref": f"#/components/responses/{refusal_name(status, codes)}"}
        for status, codes in sorted(refusals(route).items())
    }
    if route.name == "get_order":
        answers["304"] = {"description": "The order has not changed", "headers": _headers("X-Request-Id", "ETag")}
    return answers | refused


def _answer(route: Route, status: int, name: str | None) -> Schema:
    headers = ["X-Request-Id"]
    headers += ["ETag"] if name == "Order" else []
    headers += ["Idempotent-Replayed"] if route.idempotent else []
    text = {200: "Done", 201: "Created", 202: "Accepted; processing continues", 204: "Done; no content"}[status]
    if status == 204:
        return {"description": text, "headers": _headers(*headers)}
    if name is not None and "/" in name:  # a media type: a file
        told = ("Link", "Next-Cursor", "Export-Status") if route.name == "get_export" else ()
        media: Schema = {
            each: {"schema": {"type": "object"} if each.endswith("+json") else {"type": "string"}}
            | _example(route.name, status, each)
            for each in name.split(", ")
        }
        return {"description": text, "headers": _headers("X-Request-Id", *told), "content": media}
    if name is None:
        media = {"application/json": {"schema": {"type": "object"}, "example": {"openapi": "3.1.0"}}}
        return {"description": text, "headers": _headers(*headers), "content": media}
    schema = reference(f"{name.removeprefix('list of ')}Page" if name.startswith("list of ") else name)
    answer: Schema = {
        "description": text,
        "headers": _headers(*headers),
        "content": {"application/json": {"schema": schema} | _example(route.name, status)},
    }
    links = _links(name, status)
    return answer | ({"links": links} if links else {})


def _example(name: str, status: int, media: str = "application/json") -> Schema:
    """What the system answered, if that call was recorded."""
    found = examples.ANSWERS.get(name, {}).get(f"{status} {media}")
    return {} if found is None else {"example": found}


def problems(status: int, codes: tuple[str, ...]) -> Schema:
    """An example of each code, as the system would write it."""
    made = {code: Problem(status, code, CODES[code].means) for code in codes}
    return {code: {"value": problem.body(REQUEST_ID, API_URL)} for code, problem in made.items()}


def _links(name: str, status: int) -> Schema:
    """The calls that a created resource leads to."""
    if status != 201:
        return {}
    key = {"order_key": "$response.body#/order_key"}
    if name in ("Shopper", "Address"):
        shopper = {"shopper_key": "$response.body#/shopper_key"}
        return {each: {"operationId": each, "parameters": shopper} for each in SHOPPER_LINKS}
    if name == "Order":
        return {each: {"operationId": each, "parameters": key} for each in ORDER_LINKS}
    keys = key | {"payment_id": "$response.body#/payment_id"}
    return {each: {"operationId": each, "parameters": keys} for each in PAYMENT_LINKS}


def refusals(route: Route) -> dict[int, tuple[str, ...]]:
    """Problem codes by status: those of every such call, and those of this one."""
    found: dict[int, tuple[str, ...]] = {}
    if route.scope:
        found |= {400: ("digest_mismatch",), 403: ("forbidden",)}
        found[401] = ("unauthorized", "signature_required", "signature_invalid")
    if "{" in route.path:
        found[404] = ("not_found",)
    if route.body:
        found |= {
            400: ("invalid_request", *found.get(400, ())),
            413: ("invalid_request",),
            415: ("unsupported_media_type",),
        }
    if unprocessable := _unprocessable(route):
        found[422] = unprocessable
    if route.query and "order_key" in route.query.model_fields:
        found[404] = ("not_found",)
    if route.versioned:
        found[412] = ("precondition_failed",)
    for status, codes in (route.refusals or {}).items():
        found[status] = tuple(dict.fromkeys((*found.get(status, ()), *codes)))
    return found | {429: ("too_many_requests",), 500: ("internal_error",), 503: ("service_unavailable",)}


def _unprocessable(route: Route) -> tuple[str, ...]:
    invalid = ("invalid_request",) if route.body or route.query else ()
    return (*invalid, "idempotency_key_reused") if route.idempotent else invalid


def refusal_name(status: int, codes: tuple[str, ...]) -> str:
    return f"{status}_{'_or_'.join(codes)}"


def refusal(status: int, codes: tuple[str, ...]) -> Schema:
    headers = ["X-Request-Id"] + (["Retry-After"] if status in (409, 429, 503) else [])
    headers += ["Accept-Signature"] if "signature_required" in codes else []
    problem = reference("Problem")
    return {
        "description": f"{MEANINGS[status]}: {', '.join(f'`{code}`' for code in codes)}",
        "headers": _headers(*headers),
        "content": {"application/problem+json": {"schema": problem, "examples": problems(status, codes)}},
    }


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}

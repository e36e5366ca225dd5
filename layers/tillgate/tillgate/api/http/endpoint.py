"""What every API function shares: `@endpoint` turns a function of a `Request` into a Lambda handler.

Token and scope are checked, the body is read into its model, refusals become problem details, whatever else is raised a
500 that tells nothing but the request's id. One structured line a call is logged.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from tillgate.api.http import access_tokens, content, versions
from tillgate.api.http.problems import STATUS_BY_CODE, Problem, concurrent, unauthorized
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.shared.load_order import Busy
from tillgate.wiring import System, system

MOST_BYTES = 100_000
_INTEGRITY = frozenset({"signature-input", "content-digest"})
_PART = re.compile(r"[!-\"$-~]{1,255}")  # keys and ids; `#` is between a key and what is inside it


@dataclass(frozen=True, slots=True)
class Response:
    """`body` is JSON or XML by what the caller accepts; `xml_root` names the XML document's element."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    xml_root: str = "response"


@dataclass(frozen=True)
class Request:
    """One call of API Gateway. Header names are lower case."""

    event: dict[str, Any]
    system: System

    @property
    def id(self) -> str:
        return str(self.event.get("requestContext", {}).get("requestId", ""))

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in (self.event.get("headers") or {}).items()}

    @property
    def path(self) -> dict[str, str]:
        """Path parameters; `#` parts our own keys, so none that comes from outside has it."""
        found: dict[str, str] = self.event.get("pathParameters") or {}
        return {name: value.replace("#", "%23") for name, value in found.items()}

    @property
    def query(self) -> dict[str, str]:
        return self.event.get("queryStringParameters") or {}

    @property
    def multi_headers(self) -> dict[str, list[str]]:
        """Every line of every header."""
        found: dict[str, list[str]] = self.event.get("multiValueHeaders") or {}
        return {name.lower(): values for name, values in found.items()}

    @property
    def multi_query(self) -> dict[str, list[str]]:
        """Every value of every parameter of the query, decoded."""
        return self.event.get("multiValueQueryStringParameters") or {}

    @property
    def method_and_path(self) -> tuple[str, str]:
        return self.event.get("httpMethod", ""), self.event.get("path", "")

    @property
    def raw(self) -> bytes:
        """The body as it came."""
        body = self.event.get("body") or ""
        coded = self.event.get("isBase64Encoded")
        return base64.b64decode(body) if coded else body.encode("utf-8", "surrogatepass")

    def content(self, most: int = MOST_BYTES) -> bytes:
        """The body as it came; 413 where it is too long."""
        raw = self.raw
        if len(raw) > most:
            raise Problem(413, "invalid_request", f"a body has {most} bytes at most")
        return raw

    def text(self, most: int = MOST_BYTES) -> str:
        """The body as text; 400 where it is not UTF-8."""
        try:
            return self.content(most).decode()
        except UnicodeDecodeError:
            raise Problem(400, "invalid_request", "the body is not UTF-8") from None

    def merchant(self, scope: str) -> Merchant:
        """The caller. 401 without a valid token or signature or when suspended, 403 without the scope."""
        claims = access_tokens.verify(self.headers.get("authorization", ""), scope)
        merchant = self.system.merchants.merchant(claims.merchant_id)
        if merchant is None or merchant.suspended:
            raise unauthorized("this account is suspended; ask the operator")
        logger.append_keys(merchant_id=merchant.merchant_id)
        self.signed_by(merchant)
        return merchant

    def signed_by(self, merchant: Merchant) -> str | None:
        """The id of the key that signed the call; None if it is not signed and need not be. 401 if that is wrong."""
        if not merchant.requires_signatures and _INTEGRITY.isdisjoint(self.headers):
            return None
        from tillgate.api.http import request_signatures  # what no other call loads

        return request_signatures.check(self, merchant)

    def account(self, scope: str) -> Merchant:
        """The caller as it stands now, for those who look at what they have just set."""
        known = self.merchant(scope)
        now = self.system.merchants.merchant(known.merchant_id, fresh=True)
        if now is None or now.suspended:
            raise unauthorized("this account is suspended; ask the operator")
        return now

    def read[Model: BaseModel](self, model: type[Model], most: int = MOST_BYTES) -> Model:
        """The body as a model: 400 where it cannot be parsed, 422 with a pointer at each field that is wrong."""
        kind = content.media_type(self.headers)
        text = self.text(most)
        context = {"allow_local": self.system.allows_local_urls, "shop_url": self.system.shop_url}
        try:
            if kind == content.FORM:
                return model.model_validate(content.read_form(text), context=context)
            if text and kind != "application/json" and not kind.endswith("+json"):
                raise Problem(415, "unsupported_media_type", f"send application/json or {content.FORM}")
            return model.model_validate_json(text or "{}", strict=True, context=context)
        except ValidationError as error:
            raise _problem_of(error) from None

    def read_query[Model: BaseModel](self, model: type[Model]) -> Model:
        """The query as a model; 422 with a pointer at each parameter that is wrong."""
        try:
            return model.model_validate(self.query)
        except ValidationError as error:
            raise _problem_of(error) from None


Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def endpoint(function: Callable[[Request], Response]) -> Handler:
    """A Lambda handler that never raises."""

    def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
        request = Request(event, system())
        logger.clear_state()
        logger.append_keys(request_id=request.id, **_keys(event.get("pathParameters") or {}))
        response = _answer(function, request)
        logger.info("answered", extra={"route": event.get("resource"), "status": response.status})
        return _encode(request, response)

    return handler


def _answer(function: Callable[[Request], Response], request: Request) -> Response:
    try:
        _check_path(request.event)
        return function(request)
    except Problem as problem:
        return _refused(problem, request)
    except Refusal as refusal:
        errors = [{"pointer": refusal.pointer, "detail": refusal.detail}] if refusal.pointer else None
        status = STATUS_BY_CODE.get(refusal.code, 422)
        return _refused(Problem(status, refusal.code, refusal.detail, errors), request)
    except Busy:
        return _refused(concurrent(), request)
    except Exception:
        logger.exception("unexpected")
        return _refused(
            Problem(500, "internal_error", "an error of ours; try again, or tell us the request_id"), request
        )


def _check_path(event: Mapping[str, Any]) -> None:
    """404 for what cannot be a key of ours: the table refuses keys that are too long, and that would be our fault."""
    if not all(_PART.fullmatch(part) for part in (event.get("pathParameters") or {}).values()):
        raise Problem(404, "not_found", "there is nothing at this path")


def _refused(problem: Problem, request: Request) -> Response:
    logger.append_keys(code=problem.code)
    headers = {"Content-Type": "application/problem+json", **problem.headers}
    return Response(problem.status, problem.body(request.id), headers, xml_root="problem")


def _problem_of(error: ValidationError) -> Problem:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    if any(one["type"] == "json_invalid" for one in found):
        return Problem(400, "invalid_request", f"the body is not JSON: {found[0]['msg']}")
    errors = [
        {
            "pointer": "".join(f"/{_escaped(part)}" for part in one["loc"]),
            "detail": one["msg"].removeprefix("Value error, "),
        }
        for one in found
    ]
    return Problem(422, "invalid_request", "some fields are not valid; see errors", errors)


def _escaped(part: object) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _encode(request: Request, response: Response) -> dict[str, Any]:
    headers = {
        "Cache-Control": "no-store",
        "X-Request-Id": request.id,
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept",
        **versions.deprecation(request.event.get("httpMethod", ""), request.event.get("resource", "")),
    }
    if response.body is None:
        text = ""
    elif isinstance(response.body, str):
        text = response.body
    elif content.prefers_xml(request.headers.get("accept", "")):
        problem = response.headers.get("Content-Type", "").startswith("application/problem")
        text = content.to_xml(response.xml_root, response.body)
        media = "application/problem+xml" if problem else "application/xml"
        return _tagged(
            request,
            response,
            headers | dict(response.headers) | {"Content-Type": f"{media}; charset=utf-8"},
            text,
        )
    else:
        text = content.to_json(response.body)
        headers["Content-Type"] = "application/json"
    return _tagged(request, response, headers | dict(response.headers), text)


def _tagged(request: Request, response: Response, headers: dict[str, str], text: str) -> dict[str, Any]:
    """An order carries its ETag; who has it already is told only that."""
    if response.xml_root == "order" and response.status < 300:
        tag = versions.etag(response.body["version"], text)
        headers["ETag"] = tag
        if request.event.get("httpMethod") == "GET" and versions.is_known(request.headers, tag):
            return _proxy(304, {name: value for name, value in headers.items() if name != "Content-Type"}, "")
    return _proxy(response.status, headers, text)


def _proxy(status: int, headers: Mapping[str, str], body: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": dict(headers), "body": body, "isBase64Encoded": False}


def _keys(path: Mapping[str, str]) -> dict[str, str]:
    return {name: path[name] for name in ("order_key", "payment_id", "connector") if name in path}

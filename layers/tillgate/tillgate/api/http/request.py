"""A request from API Gateway and its response."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tillgate.api.http import content
from tillgate.api.http.problems import Problem
from tillgate.domain.shared.card_numbers import card_number_in, places_of_card_numbers
from tillgate.wiring import System

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

MOST_BYTES = 100_000
NO_CARD_NUMBERS = "this contains a card number; it was not stored. Remove it here and from your logs"


@dataclass(frozen=True, slots=True)
class Response:
    """`body` is sent as JSON or XML, whichever the caller prefers; `xml_root` is the root element's name."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    xml_root: str = "response"


@dataclass(frozen=True)
class Request:
    """A request from API Gateway. Header names are in lower case."""

    event: dict[str, Any]
    system: System

    @property
    def id(self) -> str:
        return str(self.event.get("requestContext", {}).get("requestId", ""))

    @cached_property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in (self.event.get("headers") or {}).items()}

    @property
    def path(self) -> dict[str, str]:
        """Path parameters. None contains `#`, which separates the parts of our own keys."""
        found: dict[str, str] = self.event.get("pathParameters") or {}
        return {name: value.replace("#", "%23") for name, value in found.items()}

    @property
    def query(self) -> dict[str, str]:
        return self.event.get("queryStringParameters") or {}

    @property
    def multi_headers(self) -> dict[str, list[str]]:
        """All values of each header."""
        found: dict[str, list[str]] = self.event.get("multiValueHeaders") or {}
        return {name.lower(): values for name, values in found.items()}

    @property
    def multi_query(self) -> dict[str, list[str]]:
        """All values of each query parameter, decoded."""
        return self.event.get("multiValueQueryStringParameters") or {}

    @property
    def method_and_path(self) -> tuple[str, str]:
        return self.event.get("httpMethod", ""), self.event.get("path", "")

    @property
    def route(self) -> tuple[str, str]:
        """The method, and the API's resource with its placeholders."""
        return self.event.get("httpMethod", ""), self.event.get("resource", "")

    @property
    def raw(self) -> bytes:
        """The body as received."""
        body = self.event.get("body") or ""
        coded = self.event.get("isBase64Encoded")
        return base64.b64decode(body) if coded else body.encode("utf-8", "surrogatepass")

    def content(self, most: int = MOST_BYTES) -> bytes:
        """The body as received; 413 if it is too long."""
        raw = self.raw
        if len(raw) > most:
            raise Problem(413, "invalid_request", f"the body must be at most {most} bytes")
        return raw

    def text(self, most: int = MOST_BYTES) -> str:
        """The body as text; 400 if it is not UTF-8."""
        try:
            return self.content(most).decode()
        except UnicodeDecodeError:
            raise Problem(400, "invalid_request", "the body is not UTF-8") from None

    def read[Model: BaseModel](self, model: type[Model], most: int = MOST_BYTES) -> Model:
        """The body as a model: 400 if it cannot be parsed, 422 with a pointer to each invalid field."""
        kind = content.media_type(self.headers)
        text = self.text(most)
        from pydantic import ValidationError  # calls without a body do not load it

        context = {"allow_local": self.system.allows_local_urls, "local_origins": self.system.local_origins}
        try:
            if kind == content.FORM:
                form = content.read_form(text)
                _refuse_card_data(form)
                return model.model_validate(form, context=context)
            if text and kind != "application/json" and not kind.endswith("+json"):
                raise Problem(415, "unsupported_media_type", f"send application/json or {content.FORM}")
            content.check_once(text)
            if "\\" in text or card_number_in(text):  # an escape, such as a line break's, may hide it here
                _refuse_card_data(_parsed(text))
            return model.model_validate_json(text or "{}", strict=True, context=context)
        except content.NamedTwice as twice:
            raise Problem(400, "invalid_request", f"the body names {twice.args[0]!r:.100} twice") from None
        except ValidationError as error:
            raise _problem_of(error, model) from None

    def read_query[Model: BaseModel](self, model: type[Model]) -> Model:
        """The query as a model; 422 with a pointer to each invalid parameter."""
        from pydantic import ValidationError

        if repeated := sorted(name for name, values in self.multi_query.items() if len(values) > 1):
            errors = [{"pointer": f"/{_escaped(name)}", "detail": "must be given once"} for name in repeated]
            raise Problem(422, "invalid_request", "some parameters are given more than once; see errors", errors)
        _refuse_card_data(self.query)
        try:
            return model.model_validate(self.query)
        except ValidationError as error:
            raise _problem_of(error, model) from None


def _parsed(text: str) -> object:
    """None for what is not JSON: the model says what is wrong with it."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _refuse_card_data(content: object) -> None:
    """Before anything is stored, logged or sent to a PSP (PCI DSS: what is not taken in needs no protection)."""
    errors = [{"pointer": place, "detail": NO_CARD_NUMBERS} for place in places_of_card_numbers(content)]
    if errors:
        raise Problem(422, "card_data_not_allowed", "card numbers are not taken; send the PSP's token instead", errors)


def _problem_of(error: "ValidationError", model: "type[BaseModel]") -> Problem:
    from tillgate.api.http.field_messages import field_errors  # refused requests alone load it

    for one in error.errors(include_url=False, include_input=False):
        if one["type"] == "json_invalid":
            return Problem(400, "invalid_request", f"the body is not JSON: {one['ctx']['error']}")
    return Problem(422, "invalid_request", "some fields are invalid; see errors", field_errors(error, model))


def _escaped(part: object) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")

"""HTTP Message Signatures (RFC 9421), read behind API Gateway. `request_signatures` decides which are accepted."""

from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from tillgate.api.http.request import Request
from tillgate.api.http.structured_fields import Component, read_dictionary, written, written_list


class Wrong(Exception):
    """Why a signature is not accepted, in words for the caller."""


class Signature(NamedTuple):
    components: list[Component]
    params: dict[str, Any]
    value: bytes


def read_signatures(request: Request) -> list[Signature]:
    """The signatures that Signature-Input and Signature describe; none without Signature-Input."""
    lines = request.multi_headers
    if "signature-input" not in lines:
        return []
    inputs = _dictionary("Signature-Input", lines["signature-input"])
    values = _dictionary("Signature", lines.get("signature", []))
    if not inputs or set(inputs) != set(values):
        raise Wrong("Signature-Input and Signature must name the same signatures")
    return [_signature(label, inputs[label], values[label][0]) for label in inputs]


def _signature(label: str, member: Any, value: Any) -> Signature:
    components, params = member
    if not isinstance(components, list) or not all(isinstance(name, str) for name, _ in components):
        raise Wrong(f"Signature-Input must list the names that {label} covers")
    if not isinstance(value, bytes):
        raise Wrong(f"Signature must have the bytes of {label} between colons")
    return Signature(components, params, value)


def _dictionary(field: str, lines: list[str]) -> dict[str, Any]:
    try:
        return read_dictionary(", ".join(lines))
    except ValueError as error:
        raise Wrong(f"{field} cannot be read: {error}") from None


def bases(request: Request, signature: Signature) -> list[str]:
    """The signature bases (RFC 9421, 2.5), one for each path that the caller may have signed."""
    return [_base(request, signature, path) for path in _paths(request)]


def _base(request: Request, signature: Signature, path: str) -> str:
    lines = [f"{written(each)}: {_value(request, each, path)}" for each in signature.components]
    params = written_list(signature.components, signature.params)
    return "\n".join([*lines, f'"@signature-params": {params}'])


def _paths(request: Request) -> set[str]:
    """The path of the call as the caller may know it: relative to our public URL, and as API Gateway received it.

    An operator's domain, base path or proxy can make them differ.
    """
    parts = {name: quote(value, safe="") for name, value in request.path.items()}
    route = str(request.event.get("resource", "")).format(**parts)
    base = urlsplit(request.system.api_url).path.rstrip("/")
    called = str(request.event.get("requestContext", {}).get("path") or "")
    return {base + route, called} - {""}


def _value(request: Request, component: Component, path: str) -> str:
    name, params = component
    if name == "@query-param" and set(params) == {"name"}:
        values = request.multi_query.get(unquote(str(params["name"])), [])
        if len(values) == 1:
            return encoded(values[0])
        raise Wrong(f"the query has {len(values)} values of {params['name']}, not one")
    if params:
        raise Wrong(f"{written(component)} cannot be verified here; cover it without parameters")
    if name == "@method":
        return request.method_and_path[0]
    if name == "@path":
        return path
    if name.startswith("@"):
        raise Wrong(f"{name} cannot be verified behind a gateway; leave it out")
    if name not in request.multi_headers:
        raise Wrong(f"it covers {name}, which was not sent")
    return ", ".join(value.strip() for value in request.multi_headers[name])


def query_param(name: str) -> Component:
    return "@query-param", {"name": encoded(name)}


def encoded(text: str) -> str:
    """A query parameter's name or value as it is in the signature base (RFC 9421, 2.2.8)."""
    return quote(text, safe="*").replace("~", "%7E")

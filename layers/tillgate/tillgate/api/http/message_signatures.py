"""HTTP Message Signatures (RFC 9421), read behind API Gateway. `signatures` says which are taken."""

from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from tillgate.api.http.request import Request
from tillgate.api.http.structured_fields import Component, read_dictionary, written, written_list


class Wrong(Exception):
    """Why a signature is not taken, for the caller to read."""


class Signature(NamedTuple):
    components: list[Component]
    params: dict[str, Any]
    value: bytes


def read_signatures(request: Request) -> list[Signature]:
    """What Signature-Input and Signature say; none where the first is not there."""
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
    """The signature base (RFC 9421, 2.5), for each path that this call's caller may have signed."""
    return [_base(request, signature, path) for path in _paths(request)]


def _base(request: Request, signature: Signature, path: str) -> str:
    lines = [f"{written(each)}: {_value(request, each, path)}" for each in signature.components]
    params = written_list(signature.components, signature.params)
    return "\n".join([*lines, f'"@signature-params": {params}'])


def _paths(request: Request) -> set[str]:
    """The path of this very call as its caller may know it: behind our public address, and as the gateway was called.

    A domain, a base path or a proxy of the operator's may stand between the two.
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
    """A name or value of a query as the base has it (RFC 9421, 2.2.8)."""
    return quote(text, safe="*").replace("~", "%7E")

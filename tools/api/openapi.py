"""Builds the OpenAPI 3.1 document from `routes`, the models that the functions read, and `answers`."""

import json
import re
from typing import Any

from pydantic.json_schema import models_json_schema

from tillgate.api.http import versions
from tillgate.api.http.fields import Nothing
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shared.countries import COUNTRIES
from tillgate.domain.shared.currencies import DECIMALS
from tools import advice

from . import examples
from .answers import ANSWERS
from .answers.common import page_of
from .fields import described
from .responses import HEADERS, Schema, reference, refusal, refusal_name, refusals, responses
from .routes import ROUTES, TAGS
from .routes.route import Route
from .samples import samples
from .webhooks import webhooks

VERSION = "1.0.0"
INTRODUCTION = """\
Accept payments for orders: create an order, send the shopper to its menu or start a payment yourself, capture, \
refund, and learn from notifications or by polling when it is safe to ship.

* Amounts are integers in minor units. Timestamps are RFC 3339 in UTC.
* This document describes JSON. Every call that takes JSON takes a form as well \
(`application/x-www-form-urlencoded`, nested as `instrument[token]=tok_visa`), and answers XML, an element per field, \
if `Accept` prefers it. `POST /auth/token` takes a form alone. Unknown fields are rejected.
* Every error is a problem (RFC 9457) with a stable `code`; its `type` leads to the code's section of the docs page. \
Every response has an `X-Request-Id`.
* Send an `Idempotency-Key` with every POST and PATCH. A repeated call gets the same response and takes effect once.
* Calls can be signed (RFC 9421), and an account can require signatures: see the security scheme `signature`. A \
`Content-Digest` (RFC 9530) is verified whenever you send one.
* Fields, codes and events may be added within v1; ignore those you do not know. A route that will be removed \
announces it a year ahead with `Deprecation` and `Sunset`.
"""
SIGNING = """\
HTTP Message Signatures (RFC 9421) with `hmac-sha256`, in addition to the token, with a key from \
`PUT /account/signatures`. `Signature-Input` covers `@method`, `@path` (the path of the base URL, and the route), each \
query parameter as `@query-param`, `content-digest` if there is a body, and `content-type`, `idempotency-key` and \
`if-match` if they are sent. It has `keyid` and `created`, at most five minutes off. If the account requires \
signatures, every POST and PATCH also needs an `Idempotency-Key`. A rejection lists in `Accept-Signature` what to cover.
"""
PATTERNS = {
    "order_key": r"^[!-~]{1,255}$",
    "payment_id": r"^[!-~]{1,255}$",
    "dispute_id": r"^[!-~]{1,255}$",
    "id": r"^[!-~]{1,255}$",
    "method": r"^[!-~]{1,255}$",
    "connector": r"^[!-~]{1,255}$",
    "split_id": r"^[!-~]{1,255}$",
    "invoice_id": r"^[!-~]{1,255}$",
    "vendor_id": r"^[!-~]{1,255}$",
    "shopper_key": r"^[!-~]{1,255}$",
    "token": r"^[!-~]{1,255}$",
    "payout_id": r"^[!-~]{1,255}$",
    "day": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
EXAMPLES = {
    "order_key": "ord_00000000000000000000000001",
    "payment_id": "pay_00000000000000000000000001_1",
    "dispute_id": "pay_00000000000000000000000001_1_dp_0a1b2c3d4e5f",
    "id": "ntf_00000000000000000000000001_2_0a1b2c3d",
    "method": "card",
    "connector": "stripe",
    "split_id": "spl_0123456789abcdef",
    "invoice_id": "inv_00000000000000000000000001",
    "vendor_id": "ven_0123456789abcdef0123",
    "shopper_key": "shp_00000000000000000000000001",
    "token": "ins_00000000000000000000000001_00000000000000000000000000000000000",
    "payout_id": "out_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "day": "2030-01-01",
}

PATH = {
    "order_key": "The order's key, from the answer to its creation.",
    "payment_id": "The payment's id.",
    "dispute_id": "The dispute's id.",
    "id": "The notification's id.",
    "method": "The payment method's name.",
    "connector": "The connector's name.",
    "split_id": "The split's id, from the answer to it.",
    "invoice_id": "The invoice's id.",
    "vendor_id": "The vendor's id, from your operator.",
    "shopper_key": "The shopper's key.",
    "token": "The saved instrument's token, `ins_...`.",
    "payout_id": "The payout's id.",
    "day": "A day where you are (`time_zone` of your account).",
}
QUERY: dict[str, tuple[str, Any]] = {
    "order_reference": ("Only the order with this reference of yours.", "2026-1001"),
    "status": ("Only those with this status.", "AUTHORIZED"),
    "method": ("Only those with this method.", "card"),
    "created_from": ("Only those created at this instant or later (RFC 3339).", "2030-01-01T00:00:00Z"),
    "created_to": ("Only those created before this instant (RFC 3339).", "2030-02-01T00:00:00Z"),
    "limit": ("How many at most.", 20),
    "cursor": ("`next_cursor` of the page before.", "MjAzMC0wMS0wMVQxMjowMDowMC4wMDAwMDBaI29yZF8x"),
    "currency": ("ISO 4217.", "EUR"),
    "since": (
        "An instant (RFC 3339), or a day where you are: the statement begins there, with the balance.",
        "2030-01-01",
    ),
    "until": ("An instant (RFC 3339), or a day where you are: the statement ends there.", "2030-01-31"),
    "order_key": ("Only those of this order.", "ord_00000000000000000000000001"),
    "kind": ("Only signed events, or only calls of the update URL.", "event"),
    "format": ("CSV or JSON lines. It goes before `Accept`.", "csv"),
    "mode": ("Real money, or a PSP's test money.", "live"),
}
STATUSES = {"list_disputes": "NEEDS_RESPONSE", "list_notifications": "dead"}
SCOPES = {
    "orders:read": "Read everything but the account's secrets.",
    "orders:write": "Create, change and pay orders; shoppers, instruments, invoices.",
    "account:write": "Change the account, and erase shoppers.",
    "payouts:write": "Pay out to persons. No client has it by default.",
}

# Choices that many fields have: a component each, so that generators make one type of them.
SHARED = {"Currency": sorted(DECIMALS), "Method": sorted(METHODS), "Country": sorted(COUNTRIES)}
# Pydantic keeps its own names behind a custom validator.
RENAMED = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum"}
NO_KEYWORDS = ("decimal_places",)


def document() -> Schema:
    paths: dict[str, Schema] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tillgate",
            "version": VERSION,
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "contact": {"name": "Your operator"},
        },
        "servers": [{"url": "/v1", "description": "Base URL of your Tillgate system"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "webhooks": webhooks(examples.EVENT),
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "oauth2",
                    "description": "A bearer token from `POST /auth/token`.",
                    "flows": {"clientCredentials": {"tokenUrl": "/v1/auth/token", "scopes": SCOPES}},
                },
                "signature": {"type": "apiKey", "in": "header", "name": "Signature", "description": SIGNING},
                "client": {"type": "http", "scheme": "basic", "description": "Client id and secret."},
            },
            "schemas": _schemas(),
            "responses": {
                refusal_name(status, codes): refusal(status, codes)
                for status, codes in sorted({pair for route in ROUTES for pair in refusals(route).items()})
            },
            "headers": HEADERS,
        },
    }


def render() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _schemas() -> Schema:
    bodies = [route.body for route in ROUTES if route.body]
    unique = list(dict.fromkeys(bodies))
    template = "#/components/schemas/{model}"
    _, taken = models_json_schema([(model, "validation") for model in unique], ref_template=template)
    _, given = models_json_schema([(model, "serialization") for model in ANSWERS], ref_template=template)
    twice = {model.__name__ for model in unique} & {model.__name__ for model in ANSWERS}
    if twice:
        raise SystemExit(f"a request and a response are both called {', '.join(sorted(twice))}")
    for schema in given["$defs"].values():  # an answer has what it has
        for field in schema.get("properties", {}).values():
            field.pop("default", None)
    schemas: Schema = taken["$defs"] | given["$defs"]
    lists = {name for route in ROUTES for name in route.answers.values() if name and name.startswith("list of ")}
    for name in (each.removeprefix("list of ") for each in lists):
        schemas[f"{name}Page"] = page_of(name)
    # The history is one list with a conclusion.
    schemas["HistoryEntryPage"]["properties"]["why"] = {"type": "array", "items": {"type": "string"}}
    schemas["OrderStatus"]["description"] = advice.described(advice.ORDER)
    schemas["PaymentStatus"]["description"] = advice.described(advice.PAYMENT)
    tidy = {name: _tidy(schema) for name, schema in schemas.items()}
    tidy |= {name: {"type": "string", "enum": values} for name, values in SHARED.items()}
    return {name: described(name, schema) for name, schema in sorted(tidy.items())}


def _tidy(schema: Any) -> Any:
    """Removes pydantic's titles, and defaults that only mean that the field is absent."""
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    left = {
        RENAMED.get(name, name): _tidy(value)
        for name, value in schema.items()
        if not (name == "title" and isinstance(value, str))
        and not (name == "default" and value in (None, "", [], {}))
        and name not in NO_KEYWORDS
    }
    shared = next((name for name, values in SHARED.items() if left.get("enum") == values), None)
    if shared:
        left = {"$ref": f"#/components/schemas/{shared}"}
    if "properties" in schema:  # a field may be called title
        left["properties"] = {name: _tidy(value) for name, value in schema["properties"].items()}
    return left


def _operation(route: Route) -> Schema:
    operation: Schema = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": route.summary,
        "description": route.says,
        "parameters": _parameters(route),
        "x-codeSamples": samples(route),
        "responses": responses(route),
        "security": [{"token": [route.scope]}, {"token": [route.scope], "signature": []}] if route.scope else [],
    }
    if route.name == "issue_token":
        operation |= {"requestBody": _credentials(), "security": [{"client": []}, {}]}
    elif route.body:
        operation["requestBody"] = _body(route)
    if (route.method.upper(), route.path) in versions.DEPRECATED:
        operation["deprecated"] = True
    if not operation["parameters"]:
        del operation["parameters"]
    return operation


def _parameters(route: Route) -> list[Schema]:
    found: list[Schema] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PATH[name],
            "schema": {"type": "string", "pattern": PATTERNS[name]},
            "example": EXAMPLES[name],
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query:
        schema = _tidy(route.query.model_json_schema(ref_template="#/components/schemas/{model}"))
        inline = schema.get("$defs", {})
        for name, value in schema["properties"].items():
            required = name in schema.get("required", [])
            text, example = QUERY[name]
            plain = {key: part for key, part in _plain(value, inline).items() if key != "description"}
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": required,
                    "description": text,
                    "schema": plain,
                    "example": STATUSES.get(route.name, example) if name == "status" else example,
                }
            )
    if route.idempotent:
        found.append(
            _header(
                "Idempotency-Key",
                "A repeated call gets the same response and takes effect once.",
                r"^[!-~]{1,255}$",
                "6f0c1f0e-5d0a-4d6b-9b1e-3a52d1c7a8f4",
            )
        )
    if route.versioned:
        found.append(
            _header("If-Match", "An ETag of the order. 412 if the order has changed since.", None, '"2-0a1b2c3d"')
        )
    if route.name == "get_order":
        found.append(
            _header(
                "If-None-Match", "An ETag of the order. 304 if the order has not changed since.", None, '"2-0a1b2c3d"'
            )
        )
    return found


def _plain(schema: Schema, inline: Schema) -> Schema:
    """A query parameter's schema: never null, references resolved."""
    options = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    (option,) = options
    name = option.get("$ref", "").rpartition("/")[2]
    kept = {key: value for key, value in schema.items() if key in ("default", "description")}
    found: Schema = inline.get(name, option)
    return found | kept


def _header(name: str, text: str, pattern: str | None, example: str) -> Schema:
    schema: Schema = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"name": name, "in": "header", "required": False, "description": text, "schema": schema, "example": example}


def _credentials() -> Schema:
    properties = {
        "grant_type": {
            "type": "string",
            "enum": ["client_credentials"],
            "description": "The only one there is.",
            "examples": ["client_credentials"],
        },
        "client_id": {
            "type": "string",
            "description": "Your client's id, if it is not sent with HTTP Basic.",
            "examples": ["cli_0123456789abcdef"],
        },
        "client_secret": {
            "type": "string",
            "description": "Your client's secret, if it is not sent with HTTP Basic.",
            "examples": ["example-secret"],
        },
        "scope": {
            "type": "string",
            "description": "A subset of the client's scopes, separated by spaces.",
            "examples": ["orders:read orders:write"],
        },
    }
    return {
        "required": False,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "properties": properties},
                "example": {"grant_type": "client_credentials"},
            }
        },
    }


def _body(route: Route) -> Schema:
    model = route.body or Nothing
    schema = reference(model.__name__)
    required = any(field.is_required() for field in model.model_fields.values())
    content: Schema = {"schema": schema} | ({"example": route.example} if route.example else {})
    return {"required": required, "content": {"application/json": content}}

"""Each call in curl, Python and TypeScript, for the docs page (`x-codeSamples`)."""

import json
from typing import Any

from .routes.route import Route

KEYS = {"order_key": "$ORDER", "payment_id": "$PAYMENT"}


def samples(route: Route) -> list[dict[str, str]]:
    """Empty for what is not for programs."""
    made = [{"lang": "curl", "label": "curl", "source": _curl(route)}]
    if route.scope is None:
        return made
    return [
        *made,
        {"lang": "python", "label": "Python", "source": _python(route)},
        {"lang": "typescript", "label": "TypeScript", "source": _typescript(route)},
    ]


def _keys(route: Route) -> list[str]:
    return [part[1:-1] for part in route.path.split("/") if part.startswith("{")]


def _curl(route: Route) -> str:
    path = route.path
    for key in _keys(route):
        path = path.replace(f"{{{key}}}", KEYS.get(key, f"${key.upper()}"))
    if route.name == "issue_token":
        return "curl $API/auth/token -u $CLIENT_ID:$CLIENT_SECRET -d grant_type=client_credentials"
    parts = [f"curl {'-X ' + route.method.upper() + ' ' if route.method != 'get' else ''}$API{path}"]
    parts += ['-H "Authorization: Bearer $TOKEN"'] if route.scope else []
    parts += ['-H "Idempotency-Key: $(date +%s)-$RANDOM"'] if route.idempotent else []
    if route.example:
        parts += [
            "-H 'Content-Type: application/json'",
            f"-d '{json.dumps(route.example, indent=2, ensure_ascii=False)}'",
        ]
    return " \\\n  ".join(parts)


def _is_list(route: Route) -> bool:
    return any(name and name.startswith("list of ") for name in route.answers.values())


def _body(route: Route, text: str) -> list[str]:
    return [text] if route.example else []


def _python(route: Route) -> str:
    given = [*_keys(route), *_body(route, _literal(route.example))]
    if route.name == "get_statement":
        given.append('currency="EUR"')
    call = f"tillgate.{route.name}({', '.join(given)})"
    use = f"for each in {call}:\n    print(each)" if _is_list(route) else f"answer = {call}"
    return f"from tillgate_sdk import Tillgate\n\ntillgate = Tillgate(API, CLIENT_ID, CLIENT_SECRET)\n{use}\n"


def _literal(value: Any) -> str:
    """JSON as Python writes it."""
    text = json.dumps(value, indent=4, ensure_ascii=False)
    return text.replace(": true", ": True").replace(": false", ": False").replace(": null", ": None")


def _typescript(route: Route) -> str:
    given = [*map(_camel, _keys(route)), *_body(route, json.dumps(route.example, indent=2, ensure_ascii=False))]
    if route.name == "get_statement":
        given.append('{ currency: "EUR" }')
    call = f"tillgate.{_camel(route.name)}({', '.join(given)})"
    use = f"for await (const each of {call}) console.log(each);" if _is_list(route) else f"const answer = await {call};"
    made = "new Tillgate({ apiUrl: API, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET })"
    return f'import {{ Tillgate }} from "tillgate-sdk";\n\nconst tillgate = {made};\n{use}\n'


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)

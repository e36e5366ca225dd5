"""Merchants sign their calls (RG-11): keys and their rotation, and that every call looks at signatures."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests import handlers
from tests.functions.world import Answer, World, invoke, sample
from tests.signing import Call, sign
from tillgate.runtime.aws import client
from tools.api.routes import ROUTES
from tools.api.routes.route import Route

URL = "https://api.example.com/v1"
CALLS = [route for route in ROUTES if route.scope]
NEW_KEY = {"new_key": True}


@pytest.fixture
def signing(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose KMS has the key of the merchants' secrets."""
    key_id = client("kms").create_key()["KeyMetadata"]["KeyId"]
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", key_id)
    return world


def event(world: World, method: str, path: str, body: object = None, *, route: str = "") -> dict[str, Any]:
    """A call as API Gateway hands it on, unsigned."""
    text = json.dumps(body) if body is not None else None
    headers = {"authorization": f"Bearer {world.token()}", "idempotency-key": uuid4().hex}
    headers |= {"content-type": "application/json"} if text else {}
    return sample("list_orders") | {
        "httpMethod": method,
        "resource": route or path,
        "path": path,
        "pathParameters": None,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {"apiId": "a1b2c3d4e5", "stage": "v1", "path": f"/v1{path}", "requestId": "r-1"},
        "body": text,
    }


def signed(world: World, event: dict[str, Any], key: dict[str, str]) -> dict[str, Any]:
    call = Call(event["httpMethod"], URL + event["path"], dict(event["headers"]), (event["body"] or "").encode())
    headers = dict(sign(call, key["key_id"], base64.b64decode(key["secret"]), created=world.system.time))
    return event | {"headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()}}


def answered(function: str, event: dict[str, Any]) -> Answer:
    answer = invoke(function, event)
    return Answer(
        answer["statusCode"], {name.lower(): value for name, value in answer["headers"].items()}, answer["body"]
    )


def put(world: World, body: dict[str, Any], key: dict[str, str] | None = None) -> Answer:
    unsigned = event(world, "PUT", "/account/signatures", body)
    return answered("set_signatures", signed(world, unsigned, key) if key else unsigned)


def account(world: World, key: dict[str, str] | None = None) -> Answer:
    unsigned = event(world, "GET", "/account")
    return answered("get_account", signed(world, unsigned, key) if key else unsigned)


def new_key(world: World, key: dict[str, str] | None = None) -> dict[str, str]:
    answer = put(world, NEW_KEY, key)
    assert answer.status == 200, answer.text
    made: dict[str, str] = answer.json["new_key"]
    return made


def test_a_key_is_told_once_and_stored_sealed(signing: World) -> None:
    key = new_key(signing)
    assert len(base64.b64decode(key["secret"])) == 32
    stored = json.dumps(signing.everything("MerchantsTable"))
    assert key["key_id"] in stored
    assert key["secret"] not in stored
    shown = account(signing)
    assert shown.json["signatures"] == {
        "required": False,
        "keys": [{"key_id": key["key_id"], "created_at": "2030-01-01T12:00:00.000Z"}],
    }
    assert key["secret"] not in shown.text


def test_a_secret_opens_for_its_purpose_alone(signing: World) -> None:
    """What may verify calls cannot read the secret that signs notifications: KMS and IAM look at the purpose."""
    new_key(signing)
    merchant = signing.system.merchants.merchant("mer_1", fresh=True)
    assert merchant
    with pytest.raises(client("kms").exceptions.ClientError):
        signing.system.seal.decrypt(merchant.signature_keys[0].sealed, "mer_1")


def test_signatures_are_required_once_it_is_shown_that_they_can_be_made(signing: World) -> None:
    key = new_key(signing)
    assert put(signing, {"required": True}).refusal == (422, "invalid_request")
    assert put(signing, {"required": True}, key).json["required"] is True
    refused = account(signing)
    assert refused.refusal == (401, "signature_required")
    assert refused.headers["accept-signature"].startswith('sig=("@method" "@path"')
    assert account(signing, key).json["signatures"]["required"] is True
    assert put(signing, {"required": False}).refusal == (401, "signature_required")
    assert put(signing, {"required": False}, key).json["required"] is False
    assert account(signing).status == 200


def test_a_wrong_signature_is_refused_though_none_is_required(signing: World) -> None:
    key = new_key(signing)
    assert account(signing, key).status == 200
    assert account(signing, key | {"secret": "AAAA"}).refusal == (401, "signature_invalid")
    assert account(signing, key | {"key_id": "sig_9"}).refusal == (401, "signature_invalid")
    assert account(signing).status == 200


def test_keys_are_rotated_without_a_gap(signing: World) -> None:
    old = new_key(signing)
    put(signing, {"required": True}, old)
    new = new_key(signing, old)
    assert account(signing, old).status == account(signing, new).status == 200
    assert put(signing, {"retire": [old["key_id"]]}, old).pointers == ["/retire"]
    assert put(signing, {"retire": [old["key_id"]]}, new).status == 200
    assert account(signing, new).status == 200
    signing.passes(timedelta(minutes=2))
    assert account(signing, old).refusal == (401, "signature_invalid")
    assert put(signing, {"retire": [new["key_id"]]}, new).pointers == ["/retire"]


def test_five_keys_are_live_at_most(signing: World) -> None:
    for _ in range(5):
        new_key(signing)
    assert put(signing, NEW_KEY).pointers == ["/new_key"]


def test_an_operator_lifts_it_for_who_has_lost_the_keys(signing: World) -> None:
    put(signing, {"required": True}, new_key(signing))
    lifted = sample("admin_update_merchant") | {"requires_signatures": False}
    assert invoke("admin", lifted)["requires_signatures"] is False
    assert account(signing).status == 200
    assert "error" in invoke("admin", lifted | {"requires_signatures": True})


@pytest.mark.parametrize("route", CALLS, ids=[f"{route.method} {route.path}" for route in CALLS])
def test_every_call_looks_at_signatures(world: World, route: Route) -> None:
    """Of the table of routes, so that none is forgotten."""
    world.has_merchant(requires_signatures=True)
    unsigned = event(world, route.method.upper(), route.path.replace("{", "").replace("}", ""), route=route.path)
    operation = handlers.operations()[handlers.Route(route.method.upper(), route.path)]
    assert answered(operation, unsigned).refusal == (401, "signature_required")
    world.has_merchant("mer_1")
    world.passes(timedelta(minutes=2))
    headers = unsigned["headers"] | {"content-digest": "sha-256=:AAAA:"}
    assert answered(operation, unsigned | {"headers": headers}).status in (400, 401)


@pytest.mark.parametrize("route", CALLS, ids=[f"{route.method} {route.path}" for route in CALLS])
def test_every_calls_line_in_the_log_names_the_client(
    world: World, capsys: pytest.CaptureFixture[str], route: Route
) -> None:
    """Whatever becomes of the call (GO-10)."""
    sent = event(world, route.method.upper(), route.path.replace("{", "").replace("}", ""), route=route.path)
    answered(handlers.operations()[handlers.Route(route.method.upper(), route.path)], sent)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["merchant_id"], line["client_id"]) for line in lines if line.get("message") == "answered"] == [
        ("mer_1", "cli_1")
    ]

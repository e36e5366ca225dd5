"""Scopes of a client, guessing its secret, and rotation of the key that signs tokens (RG-9)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import jwt
import pytest

from tests.functions.world import FORM, NOON, Answer, World, invoke
from tillgate.api.http import access_tokens
from tillgate.domain.merchants.account import SCOPES, Client
from tillgate.domain.shared.refusals import OperationNotAllowed
from tillgate.runtime.aws import client
from tillgate.use_cases.merchants import client_secrets
from tillgate.use_cases.merchants.rotate_token_key import rotate_token_key
from tillgate.wiring import secret as keys_of


def _with_client(world: World, scopes: tuple[str, ...]) -> str:
    secret = client_secrets.new_secret()
    world.system.merchants.save_client(Client("cli_9", "mer_1", (client_secrets.hash_secret(secret),), scopes))
    return secret


def _asks(world: World, secret: str, **fields: str) -> Answer:
    body = urlencode({"client_id": "cli_9", "client_secret": secret, "grant_type": "client_credentials"} | fields)
    return world.call("issue_token", body, headers={"Authorization": None, "Content-Type": FORM})


def test_a_clients_token_can_do_what_the_client_may_and_no_more(world: World) -> None:
    world.has_merchant()
    secret = _with_client(world, ("orders:read",))
    answer = _asks(world, secret)
    assert (answer.status, answer.json["scope"]) == (200, "orders:read")
    assert jwt.decode(answer.json["access_token"], options={"verify_signature": False})["scope"] == "orders:read"
    token = access_tokens.issue("mer_1", "cli_9", datetime.now(UTC), ("orders:read",))
    refused = world.call("create_order", token=token)
    assert refused.refusal == (403, "forbidden")
    assert _asks(world, secret, scope="orders:write").refusal == (400, "invalid_scope")
    assert _asks(world, secret, scope="orders:write").json["error"] == "invalid_scope"


def test_a_token_can_be_asked_for_with_less_scopes(world: World) -> None:
    secret = _with_client(world, SCOPES)
    answer = _asks(world, secret, scope="account:write orders:read")
    assert answer.json["scope"] == "account:write orders:read"
    assert "scope" not in _asks(world, secret).json


def test_guessing_is_slow_and_locks_out_the_guesser_alone(world: World) -> None:
    secret = _with_client(world, SCOPES)
    for _ in range(10):
        assert _asks(world, "wrong").refusal == (401, "unauthorized")
    locked = _asks(world, secret)
    assert locked.refusal == (429, "too_many_requests")
    assert 0 < int(locked.headers["retry-after"]) <= 900
    elsewhere = world.event("issue_token", urlencode({"client_id": "cli_9", "client_secret": secret}))
    del elsewhere["headers"]["Authorization"]
    elsewhere["headers"]["Content-Type"] = FORM
    elsewhere["requestContext"]["identity"] = {"sourceIp": "198.51.100.7"}
    assert invoke("issue_token", elsewhere)["statusCode"] == 200
    world.passes(timedelta(minutes=15))
    assert _asks(world, secret).status == 200


def test_a_client_that_does_not_exist_is_told_the_same(world: World) -> None:
    for _ in range(10):
        assert _asks(world, "wrong").refusal == (401, "unauthorized")
    assert _asks(world, "wrong").refusal == (429, "too_many_requests")


def test_a_new_key_is_announced_before_it_signs(world: World) -> None:
    old = access_tokens.issue("mer_1", "cli_1", NOON)
    told = rotate_token_key(world.system, client("secretsmanager"), "TokenSecret")
    keys_of.cache_clear()
    assert jwt.get_unverified_header(access_tokens.issue("mer_1", "cli_1", NOON))["kid"] == "k2"
    later = NOON + timedelta(minutes=10)
    assert jwt.get_unverified_header(access_tokens.issue("mer_1", "cli_1", later))["kid"] == told["key_id"]
    with pytest.raises(OperationNotAllowed):
        rotate_token_key(world.system, client("secretsmanager"), "TokenSecret")
    world.passes(timedelta(minutes=11))
    rotate_token_key(world.system, client("secretsmanager"), "TokenSecret")
    keys_of.cache_clear()
    assert jwt.get_unverified_header(old)["kid"] == "k2"
    keys = keys_of("TokenSecret")
    assert {keys["current"], keys["next"]} | {"current", "next", "next_from"} == set(keys)

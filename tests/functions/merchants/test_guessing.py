"""Scopes of a client, and guessing its secret (RG-9)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import jwt

from tests import tokens
from tests.functions.world import FORM, Answer, World, invoke
from tillgate.domain.merchants.account import SCOPES, Client
from tillgate.use_cases.merchants import client_secrets


def _with_client(world: World, scopes: tuple[str, ...]) -> str:
    secret = client_secrets.new_secret()
    world.has(Client("cli_9", "mer_1", (client_secrets.hash_secret(secret),), scopes))
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
    token = tokens.issue("mer_1", "cli_9", datetime.now(UTC), ("orders:read",))
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

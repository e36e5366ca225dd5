"""Who may call: client credentials for a token, and what is refused without a good one (RG-9)."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

import jwt
import pytest

from tests.functions.aws import TOKEN_SECRET
from tests.functions.world import FORM, World
from tillgate.api.http import access_tokens
from tillgate.domain.merchants.account import Client
from tillgate.runtime.aws import client as aws
from tillgate.use_cases.merchants.client_secrets import hash_secret
from tillgate.wiring import secret

SECRET = "a secret: with + and ü"
HASHED = hash_secret(SECRET)
CLAIMS: dict[str, Any] = {
    "iss": "tillgate",
    "sub": "mer_1",
    "client_id": "cli_1",
    "scope": "orders:read orders:write",
    "iat": 0,
    "exp": 9_999_999_999,
}


def signed(key: str = TOKEN_SECRET["k2"], kid: object = "k2", algorithm: str = "HS256", **claims: object) -> str:
    headers = {} if kid is None else {"kid": kid}
    given = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return jwt.encode(given, key, algorithm=algorithm, headers=headers)


def unsigned(
    header: str, claims: str = '{"iss":"tillgate","sub":"mer_1","scope":"orders:read","exp":9999999999}'
) -> str:
    parts = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join([*parts, ""])


@pytest.fixture
def client(world: World) -> World:
    """The world with the API client `cli_1` of `mer_1`."""
    world.system.merchants.save_client(Client("cli_1", "mer_1", (HASHED,)))
    return world


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()


def ask(world: World, body: str = "grant_type=client_credentials", **headers: str | None) -> Any:
    return world.call("issue_token", body, headers={"Authorization": None} | headers)


def test_a_token_by_http_basic(client: World) -> None:
    answer = ask(client, Authorization=basic("cli_1", SECRET))
    token = answer.json["access_token"]
    assert (answer.status, answer.json) == (200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600})
    assert answer.headers["cache-control"] == "no-store"
    assert jwt.get_unverified_header(token)["kid"] == "k2"
    noon = int(client.system.time.timestamp())
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims == {
        "iss": "tillgate",
        "sub": "mer_1",
        "client_id": "cli_1",
        "scope": claims["scope"],
        "iat": noon,
        "exp": noon + 3600,
    }
    assert {"orders:read", "orders:write"} <= set(claims["scope"].split())


def test_a_token_by_form(client: World) -> None:
    form = {"grant_type": "client_credentials", "client_id": "cli_1", "client_secret": SECRET}
    assert ask(client, urlencode(form)).status == 200


def test_a_token_opens_the_api(client: World) -> None:
    client.system.time = datetime.now(UTC)
    token = ask(client, Authorization=basic("cli_1", SECRET)).json["access_token"]
    assert client.call("list_orders", token=token, query={}).status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        basic("cli_1", "wrong"),
        basic("cli_1", ""),
        basic("cli_2", SECRET),
        basic("", ""),
        basic("x" * 3000, SECRET),
        "Basic ???",
        "Basic /w==",
        "Basic",
        "Bearer x",
    ],
)
def test_wrong_credentials(client: World, authorization: str | None) -> None:
    answer = ask(client, Authorization=authorization)
    assert answer.refusal == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == 'Basic realm="tillgate"'


@pytest.mark.parametrize("body", ["client_id[x]=cli_1", "client_id=cli_1&client_secret[]=x", "client_id=cli_1"])
def test_wrong_credentials_in_a_form(client: World, body: str) -> None:
    assert ask(client, body).refusal == (401, "unauthorized")


def test_another_grant_type(client: World) -> None:
    answer = ask(client, "grant_type=password", Authorization=basic("cli_1", SECRET))
    assert answer.refusal == (400, "unsupported_grant_type")


def test_credentials_given_twice(client: World) -> None:
    assert ask(client, "client_id=cli_1&client_id=cli_2").refusal == (400, "invalid_request")


def test_a_suspended_merchant_gets_no_token(client: World) -> None:
    client.has_merchant("mer_1", suspended=True)
    assert ask(client, Authorization=basic("cli_1", SECRET)).refusal == (401, "unauthorized")


HOUR_AGO = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
REFUSED = {
    "none": None,
    "empty": "",
    "no token": "Bearer",
    "another scheme": "Basic Y2xpXzE6eA==",
    "no JWT": "Bearer x",
    "not ASCII": "Bearer é.é.é",
    "expired": f"Bearer {signed(exp=HOUR_AGO)}",
    "forged": f"Bearer {signed(key='k' * 64)}",
    "signed with the key before under the name of the new one": f"Bearer {signed(key=TOKEN_SECRET['k1'])}",
    "no key id": f"Bearer {signed(kid=None)}",
    "unknown key id": f"Bearer {signed(kid='k3')}",
    "the name of the current key as key id": f"Bearer {signed(kid='current', key='k2' * 32)}",
    "key id of another type": f"Bearer {unsigned('{"alg":"HS256","kid":5}')}",
    "alg none": f"Bearer {unsigned('{"alg":"none","kid":"k2"}')}",
    "alg NONE": f"Bearer {unsigned('{"alg":"NONE","kid":"k2"}')}",
    "another algorithm": f"Bearer {signed(algorithm='HS512')}",
    "header is no object": f"Bearer {unsigned('[]')}",
    "another issuer": f"Bearer {signed(iss='another')}",
    "no issuer": f"Bearer {signed(iss=None)}",
    "no expiry": f"Bearer {signed(exp=None)}",
    "no merchant": f"Bearer {signed(sub=None)}",
    "no scope": f"Bearer {signed(scope=None)}",
    "from the future": f"Bearer {signed(iat=9_999_999_000)}",
    "unknown merchant": f"Bearer {signed(sub='mer_9')}",
}


@pytest.mark.parametrize("authorization", REFUSED.values(), ids=REFUSED)
def test_a_call_without_a_good_token(world: World, authorization: str | None) -> None:
    world.created()
    before = world.everything()
    for name in ("get_order", "update_order"):
        answer = world.call(name, headers={"Authorization": authorization})
        assert answer.refusal == (401, "unauthorized")
        assert answer.headers["www-authenticate"] == 'Bearer realm="tillgate"'
    assert world.everything() == before


def test_a_call_without_the_scope(world: World) -> None:
    world.created()
    token = signed(scope="orders:read")
    assert world.call("get_order", token=token).status == 200
    assert world.call("update_order", token=token).refusal == (403, "forbidden")


def test_while_keys_are_rotated_the_one_before_still_verifies(world: World) -> None:
    assert world.call("list_orders", token=signed(TOKEN_SECRET["k1"], "k1"), query={}).status == 200


def test_a_key_that_was_added_is_found_without_a_restart(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for at most once a minute: a made-up key id costs no more than that."""
    secrets = aws("secretsmanager")
    read: list[str] = []
    secrets.meta.events.register("before-call", lambda model, **_: read.append(model.name), unique_id="read")
    monkeypatch.setattr("tillgate.api.http.access_tokens._read_again_at", 0.0)
    assert world.call("list_orders", query={}).status == 200
    changed = TOKEN_SECRET | {"current": "k3", "k3": "the key to come ".ljust(64, "3")}
    secrets.put_secret_value(SecretId="TokenSecret", SecretString=json.dumps(changed))
    token = signed(changed["k3"], "k3")
    read.clear()
    assert world.call("list_orders", token=token, query={}).status == 200
    for _ in range(3):
        assert world.call("list_orders", token=signed(kid="k4"), query={}).status == 401
    secrets.meta.events.unregister("before-call", unique_id="read")
    assert read == ["GetSecretValue"]


def test_a_token_is_verified_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed()
    assert world.call("list_orders", token=token, query={}).status == 200
    monkeypatch.setattr("jwt.decode", None)
    assert world.call("list_orders", token=token, query={}).status == 200
    assert world.call("update_order", token=token).refusal == (404, "not_found")  # for another scope too
    tampered = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    assert world.call("list_orders", token=tampered, query={}).status == 500  # it would have been verified


def test_a_remembered_token_ends_with_its_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed(exp=2_000_000_000)
    assert world.call("list_orders", token=token, query={}).status == 200
    monkeypatch.setattr("tillgate.api.http.access_tokens.time.time", lambda: 2_000_000_000)
    with monkeypatch.context() as patch:
        patch.setattr("jwt.decode", expired)
        assert world.call("list_orders", token=token, query={}).refusal == (401, "unauthorized")


def expired(*_: object, **__: object) -> object:
    raise jwt.ExpiredSignatureError


@pytest.mark.parametrize("key", [None, "another key of that id ".ljust(64, "9")], ids=["is gone", "is another"])
def test_a_remembered_token_ends_with_its_key(world: World, key: str | None) -> None:
    token = signed(TOKEN_SECRET["k1"], "k1")
    assert world.call("list_orders", token=token, query={}).status == 200
    kept = {name: value for name, value in TOKEN_SECRET.items() if name != "k1"} | ({"k1": key} if key else {})
    aws("secretsmanager").put_secret_value(SecretId="TokenSecret", SecretString=json.dumps(kept))
    secret.cache_clear()  # as after five minutes
    assert world.call("list_orders", token=token, query={}).refusal == (401, "unauthorized")


def test_a_suspension_bites_whose_token_is_remembered(world: World) -> None:
    token = world.token()
    assert world.call("list_orders", token=token, query={}).status == 200
    world.has_merchant(suspended=True)
    world.system.merchants._kept.clear()  # as after a minute
    assert world.call("list_orders", token=token, query={}).refusal == (401, "unauthorized")


def test_only_so_many_tokens_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_tokens, "_known", {})
    monkeypatch.setattr(access_tokens, "_MOST_KNOWN", 2)
    tokens = [signed(jti=str(number)) for number in range(3)]
    for token in tokens:
        assert world.call("list_orders", token=token, query={}).status == 200
    assert list(access_tokens._known) == tokens[1:]


def test_header_names_are_read_in_any_case(world: World) -> None:
    headers = {"Authorization": None, "AUTHORIZATION": f"bearer {world.token()}"}
    assert world.call("list_orders", headers=headers, query={}).status == 200


def test_a_suspension_bites(world: World) -> None:
    world.created()
    world.has_merchant("mer_2", suspended=True)
    before = world.everything()
    token = world.token("mer_2")
    assert world.call("create_order", token=token).refusal == (401, "unauthorized")
    assert world.everything() == before


def test_a_refusal_in_xml_names_the_same_things(world: World) -> None:
    answer = world.call("get_order", headers={"Authorization": None, "Accept": "application/xml"})
    assert answer.headers["content-type"] == "application/problem+xml; charset=utf-8"
    assert "<code>unauthorized</code>" in answer.text
    assert FORM not in answer.text

"""Who may call: client credentials for a token, and what is refused without a good one (RG-9)."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key

from tests.functions.world import FORM, World
from tests.tokens import PRIVATE, private_key, public, public_keys
from tillgate.api.http import access_tokens, json_web_tokens
from tillgate.domain.merchants.account import Client
from tillgate.domain.merchants.token_keys import TokenKey, TokenKeys
from tillgate.runtime import bounded
from tillgate.runtime.aws import client as aws
from tillgate.runtime.bounded import Bounded
from tillgate.use_cases.merchants.client_secrets import hash_secret

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


def signed(key: Any = PRIVATE["k2"], kid: object = "k2", algorithm: str = "ES256", **claims: object) -> str:
    headers = {} if kid is None else {"kid": kid}
    given = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return jwt.encode(given, key, algorithm=algorithm, headers=headers)


def unsigned(
    header: str, claims: str = '{"iss":"tillgate","sub":"mer_1","scope":"orders:read","exp":9999999999}'
) -> str:
    parts = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join([*parts, ""])


def extended() -> str:
    return jwt.encode(CLAIMS, PRIVATE["k2"], algorithm="ES256", headers={"kid": "k2", "crit": ["b64"]})


def respelt() -> str:
    """The same bytes: the last character of a signature has two bits to spare."""
    token = signed()
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + last[last.index(token[-1]) ^ 1]


@pytest.fixture
def client(world: World) -> World:
    """The world with the API client `cli_1` of `mer_1`."""
    world.has(Client("cli_1", "mer_1", (HASHED,)))
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


@pytest.mark.parametrize(
    ("client_id", "secret", "named"), [("cli_1", SECRET, "cli_1"), ("cli_1", "wrong", "cli_1"), ("cli_9", SECRET, None)]
)
def test_the_log_names_the_client_that_a_token_is_asked_for(
    client: World, capsys: pytest.CaptureFixture[str], client_id: str, secret: str, named: str | None
) -> None:
    """Not what a stranger makes up, which may be anything."""
    ask(client, Authorization=basic(client_id, secret))
    (line,) = [json.loads(each) for each in capsys.readouterr().out.splitlines() if '"answered"' in each]
    assert line.get("client_id") == named


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
    "forged": f"Bearer {signed(key=private_key(3))}",
    "signed with the key before under the name of the new one": f"Bearer {signed(key=PRIVATE['k1'])}",
    "signed with the public key as a secret": f"Bearer {signed(key=public('k2', PRIVATE['k2']).x, algorithm='HS256')}",
    "no key id": f"Bearer {signed(kid=None)}",
    "unknown key id": f"Bearer {signed(kid='k3')}",
    "a place in the table as key id": f"Bearer {signed(kid='PUBLIC')}",
    "key id of another type": f"Bearer {unsigned('{"alg":"ES256","kid":5}')}",
    "no signature": f"Bearer {unsigned('{"alg":"ES256","kid":"k2"}')}",
    "an extension that must be understood": f"Bearer {extended()}",
    "a second spelling": f"Bearer {respelt()}",
    "padded": f"Bearer {signed()}==",
    "a part more": f"Bearer {signed()}.e30",
    "expiry as text": f"Bearer {signed(exp='9999999999')}",
    "no instant of issue": f"Bearer {signed(iat=None)}",
    "no client": f"Bearer {signed(client_id=None)}",
    "alg none": f"Bearer {unsigned('{"alg":"none","kid":"k2"}')}",
    "alg NONE": f"Bearer {unsigned('{"alg":"NONE","kid":"k2"}')}",
    "another algorithm": f"Bearer {signed(key='k' * 64, algorithm='HS512')}",
    "another curve": f"Bearer {signed(key=generate_private_key(SECP384R1()), algorithm='ES384')}",
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
    assert world.call("list_orders", token=signed(PRIVATE["k1"], "k1"), query={}).status == 200


@pytest.fixture
def reads(world: World) -> Iterator[list[str]]:
    """How often the keys are read."""
    read: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        read.extend([params["Key"]["pk"]["S"]] if params["Key"]["pk"]["S"] == "TOKEN_KEYS" else [])

    events = aws("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.GetItem", note, unique_id="reads")
    yield read
    events.unregister("provide-client-params.dynamodb.GetItem", unique_id="reads")


def published(world: World, *keys: TokenKey) -> None:
    """As another process changes them: this one has read those of before."""
    before = world.system.merchants.items._kept["TOKEN_KEYS", "PUBLIC"]
    world.has_token_keys(TokenKeys(keys), {})
    world.system.merchants.items._kept["TOKEN_KEYS", "PUBLIC"] = before


def test_a_key_that_was_added_is_found_without_a_restart(world: World, reads: list[str]) -> None:
    """Asked for at most once a minute: a made-up key id costs no more than that."""
    assert world.call("list_orders", query={}).status == 200
    new = private_key(3)
    published(world, public("k3", new), *public_keys().keys)
    reads.clear()
    assert world.call("list_orders", token=signed(new, "k3"), query={}).status == 200
    for _ in range(3):
        assert world.call("list_orders", token=signed(kid="k4"), query={}).status == 401
    assert reads == ["TOKEN_KEYS"]


def test_the_keys_are_read_once_a_minute(world: World, reads: list[str]) -> None:
    for seconds in (0, 59, 60, 61):
        world.system.seconds = seconds
        assert world.call("list_orders", query={}).status == 200
    assert len(reads) == 1


def test_a_token_is_verified_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed()
    assert world.call("list_orders", token=token, query={}).status == 200
    monkeypatch.setattr(json_web_tokens, "verifies", None)
    assert world.call("list_orders", token=token, query={}).status == 200
    assert world.call("update_order", token=token).refusal == (404, "not_found")  # for another scope too
    tampered = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    assert world.call("list_orders", token=tampered, query={}).status == 500  # it would have been verified


def test_a_remembered_token_ends_with_its_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed(exp=2_000_000_000)
    assert world.call("list_orders", token=token, query={}).status == 200
    monkeypatch.setattr("tillgate.api.http.access_tokens.time.time", lambda: 2_000_000_000)
    ended = world.call("list_orders", token=token, query={})
    assert ended.refusal == (401, "unauthorized")
    assert "expired" in ended.json["detail"]


@pytest.mark.parametrize("key", [None, private_key(9)], ids=["is gone", "is another"])
def test_a_remembered_token_ends_with_its_key(world: World, key: Any) -> None:
    token = signed(PRIVATE["k1"], "k1")
    assert world.call("list_orders", token=token, query={}).status == 200
    published(world, public("k2", PRIVATE["k2"]), *([public("k1", key)] if key else []))
    assert world.call("list_orders", token=token, query={}).status == 200
    world.system.seconds += 60
    assert world.call("list_orders", token=token, query={}).refusal == (401, "unauthorized")


def test_a_suspension_bites_whose_token_is_remembered(world: World) -> None:
    token = world.token()
    assert world.call("list_orders", token=token, query={}).status == 200
    world.has_merchant(suspended=True)
    world.system.merchants.items._kept.clear()  # as after a minute
    assert world.call("list_orders", token=token, query={}).refusal == (401, "unauthorized")


def test_only_so_many_tokens_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_tokens, "_known", Bounded())
    monkeypatch.setattr(bounded, "MOST_KEPT", 2)
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

"""Keys of access tokens: sealed, announced, rotated, revoked, published (RG-9)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests import tokens
from tests.functions.world import FORM, World, invoke
from tillgate.domain.merchants.account import SCOPES, Client
from tillgate.domain.shared.refusals import OperationNotAllowed
from tillgate.runtime.aws import client
from tillgate.store.shared.encryption import SealedKeyPairs
from tillgate.use_cases.merchants import token_keys
from tillgate.use_cases.merchants.client_secrets import hash_secret
from tillgate.use_cases.merchants.token_keys import rotate_token_key
from tools.api import openapi

LIST = "list_orders"
HASHED = hash_secret("a secret")


@pytest.fixture
def now(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world with a client, by whose clock tokens are verified."""
    world.system.time = datetime.now(UTC)
    monkeypatch.setattr("tillgate.api.http.access_tokens.time.time", lambda: world.system.time.timestamp())
    world.has(Client("cli_1", "mer_1", (HASHED,), SCOPES))
    return world


def issued(world: World) -> str:
    body = urlencode({"client_id": "cli_1", "client_secret": "a secret"})
    answer = world.call("issue_token", body, headers={"Authorization": None, "Content-Type": FORM})
    assert answer.status == 200, answer.text
    return str(answer.json["access_token"])


def kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def works(world: World, token: str) -> bool:
    return world.call(LIST, token=token, query={}).status == 200


def a_minute_passes(world: World) -> None:
    """Other processes read the keys again."""
    world.passes(timedelta(minutes=1))
    world.system.seconds += 60


def key_set(world: World) -> list[dict[str, Any]]:
    answer = world.call("describe_api", headers={"Authorization": None})
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert answer.headers["cache-control"] == "public, max-age=60"
    found: list[dict[str, Any]] = answer.json["keys"]
    return found


def test_a_token_is_verified_by_anybody_with_the_published_keys(now: World) -> None:
    token = issued(now)
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "JWT", "kid": "k2"}
    (key,) = [jwt.PyJWK(each) for each in key_set(now) if each["kid"] == kid(token)]
    claims = jwt.decode(token, key, algorithms=["ES256"], issuer="tillgate")
    assert (claims["sub"], claims["client_id"]) == ("mer_1", "cli_1")
    assert works(now, token)


def test_what_is_published_signs_nothing(now: World) -> None:
    for key in key_set(now):
        assert set(key) == {"kty", "crv", "use", "alg", "kid", "x", "y"}


def test_the_first_token_makes_the_first_key(now: World) -> None:
    for item in now.everything("MerchantsTable"):
        if item["pk"]["S"].startswith("TOKEN_"):
            client("dynamodb").delete_item(TableName="MerchantsTable", Key={"pk": item["pk"], "sk": item["sk"]})
    now.system.merchants.items._kept.clear()
    assert key_set(now) == []
    token = issued(now)
    a_minute_passes(now)
    assert [key["kid"] for key in key_set(now)] == [kid(token)]
    assert works(now, token)
    assert kid(issued(now)) == kid(token)


def test_of_two_that_make_the_first_key_one_is_heard(now: World, monkeypatch: pytest.MonkeyPatch) -> None:
    test_the_first_token_makes_the_first_key(now)
    before = now.everything("MerchantsTable")
    keys = now.system.token_keys.public(fresh=True)
    assert token_keys._first(now.system) == keys
    assert now.everything("MerchantsTable") == before


def test_a_new_key_is_announced_before_it_signs(now: World) -> None:
    old = issued(now)
    told = rotate_token_key(now.system)
    assert kid(issued(now)) == "k2"
    with pytest.raises(OperationNotAllowed):
        rotate_token_key(now.system)
    a_minute_passes(now)
    assert [key["kid"] for key in key_set(now)] == [told["key_id"], "k2", "k1"]
    now.passes(timedelta(minutes=9))
    assert kid(issued(now)) == told["key_id"]
    assert works(now, old)


def test_an_overlap_has_an_end(now: World) -> None:
    """The old key verifies until the last token that it can have signed has ended, and no longer."""
    rotate_token_key(now.system)
    now.passes(timedelta(minutes=9, seconds=59))
    last = issued(now)
    now.passes(timedelta(minutes=59))
    now.system.seconds += 60
    assert works(now, last)
    now.passes(timedelta(minutes=7))
    assert not works(now, tokens.issue("mer_1", "cli_1", now.system.now(), SCOPES))
    rotate_token_key(now.system)
    sealed = [item["sk"]["S"] for item in now.everything("MerchantsTable") if item["pk"]["S"] == "TOKEN_SIGNING_KEYS"]
    public = now.system.token_keys.public(fresh=True)
    assert public
    assert sorted(sealed) == sorted(key.kid for key in public.keys)
    assert not {"k1", "k2"} & set(sealed)


def test_a_leaked_key_is_worth_nothing_within_a_minute(now: World) -> None:
    leaked = tokens.issue("mer_1", "cli_1", now.system.now(), SCOPES)
    assert works(now, leaked)
    told = rotate_token_key(now.system, revoke_now=True)
    token = issued(now)
    assert kid(token) == told["key_id"]
    a_minute_passes(now)
    assert works(now, token)
    assert not works(now, leaked)
    assert [key["kid"] for key in key_set(now)] == [told["key_id"]]
    signing = [item["sk"]["S"] for item in now.everything("MerchantsTable") if item["pk"]["S"] == "TOKEN_SIGNING_KEYS"]
    assert signing == [told["key_id"]]


def test_a_leaked_key_is_revoked_though_another_is_announced(now: World) -> None:
    announced = rotate_token_key(now.system)
    told = rotate_token_key(now.system, revoke_now=True)
    assert told["key_id"] != announced["key_id"]
    assert kid(issued(now)) == told["key_id"]


def test_a_new_token_is_taken_at_once_after_a_revocation(now: World) -> None:
    """A process that knows the old keys alone reads the new one when a token names it."""
    other = now.system.merchants.items._kept["TOKEN_KEYS", "PUBLIC"]
    rotate_token_key(now.system, revoke_now=True)
    token = issued(now)
    now.system.merchants.items._kept["TOKEN_KEYS", "PUBLIC"] = other
    assert works(now, token)


class Kms:
    """KMS as far as a key pair needs it: what is sealed opens in the context in which it was sealed."""

    def __init__(self) -> None:
        self.sealed: dict[bytes, tuple[bytes, Any]] = {}

    def generate_data_key_pair_without_plaintext(self, **asked: Any) -> Any:
        assert (asked["KeyId"], asked["KeyPairSpec"]) == ("key", "ECC_NIST_P256")
        key = ec.generate_private_key(ec.SECP256R1())
        blob = f"sealed {len(self.sealed)}".encode()
        self.sealed[blob] = tokens.pkcs8(key), asked["EncryptionContext"]
        encoding, spki = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return {"PublicKey": key.public_key().public_bytes(encoding, spki), "PrivateKeyCiphertextBlob": blob}

    def decrypt(self, **asked: Any) -> Any:
        plain, context = self.sealed[asked["CiphertextBlob"]]
        assert asked["EncryptionContext"] == context == {"purpose": "access-token"}
        return {"Plaintext": plain}


def test_kms_makes_a_key_that_only_its_purpose_opens(now: World) -> None:
    now.system.__dict__["key_pairs"] = SealedKeyPairs(Kms(), "key")
    rotate_token_key(now.system, revoke_now=True)
    stored = str(now.everything("MerchantsTable"))
    assert "sealed 0" not in stored
    assert "c2VhbGVkIDA=" in stored
    token = issued(now)
    a_minute_passes(now)
    assert works(now, token)


def test_what_is_no_key_on_the_curve_is_not_published(now: World) -> None:
    class Other(tokens.KeyPairs):
        def make(self) -> tuple[bytes, str]:
            public, sealed = super().make()
            return public[:-1], sealed

    now.system.__dict__["key_pairs"] = Other()
    before = now.everything("MerchantsTable")
    with pytest.raises(ValueError, match="P-256"):
        rotate_token_key(now.system)
    assert now.everything("MerchantsTable") == before


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_what_a_caller_has_of_the_description_is_not_sent_again(world: World, path: str) -> None:
    def called(tag: str = "") -> Any:
        event = world.event("describe_api", headers={"Authorization": None, "If-None-Match": tag or None})
        return invoke("describe_api", event | {"resource": path, "path": path})

    first = called()
    assert first["headers"]["Cache-Control"] == "public, max-age=300"
    again = called(first["headers"]["ETag"])
    assert (again["statusCode"], again["body"], again["headers"]["ETag"]) == (304, "", first["headers"]["ETag"])
    assert called('"another"')["statusCode"] == 200


@pytest.mark.parametrize("path", ["/openapi.json", "/.well-known/jwks.json"])
def test_what_is_answered_has_the_type_that_is_described(world: World, path: str) -> None:
    event = world.event("describe_api", headers={"Authorization": None})
    answer = invoke("describe_api", event | {"resource": path, "path": path})
    described = openapi.document()["paths"][path]["get"]["responses"]["200"]["content"]
    assert answer["headers"]["Content-Type"] in described

"""What has leaked ends within a minute, in processes that have everything in memory; overlaps have an end (RG-9).

Each kind of secret of an account is revoked: client secrets, clients, their tokens, signing secrets, signature keys. Of
the keys of tokens see `test_token_keys`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.functions.merchants.test_signed_calls import account, answered, event, new_key, put
from tests.functions.world import FORM, Answer, World, invoke, sample
from tillgate.domain.merchants.account import Client
from tillgate.runtime.aws import client
from tillgate.use_cases.merchants import client_secrets
from tillgate.use_cases.merchants.accounts import signing_secrets

FIRST = "the first secret"
HASHED = client_secrets.hash_secret(FIRST)
NOW = {"revoke_now": True}


@pytest.fixture
def now(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world with a client, by whose clock tokens are verified, and a key of KMS."""
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", client("kms").create_key()["KeyMetadata"]["KeyId"])
    world.system.time = datetime.now(UTC)
    monkeypatch.setattr("tillgate.api.http.access_tokens.time.time", lambda: world.system.time.timestamp())
    world.has(Client("cli_1", "mer_1", (HASHED,), ("orders:read", "orders:write")))
    world.has(Client("cli_2", "mer_1", (HASHED,), ("orders:read",)))
    return world


def asked(world: World, secret: str = FIRST, client_id: str = "cli_1") -> Answer:
    body = urlencode({"client_id": client_id, "client_secret": secret})
    return world.call("issue_token", body, headers={"Authorization": None, "Content-Type": FORM})


def issued(world: World, secret: str = FIRST, client_id: str = "cli_1") -> str:
    answer = asked(world, secret, client_id)
    assert answer.status == 200, answer.text
    return str(answer.json["access_token"])


def works(world: World, token: str) -> bool:
    answer = world.call("list_orders", token=token, query={})
    assert answer.status in (200, 401)
    return answer.status == 200


def admin(action: str, **fields: Any) -> dict[str, Any]:
    told = invoke("admin", {"action": action} | fields)
    assert "error" not in told, told
    return told


def a_minute_passes(world: World) -> None:
    world.passes(timedelta(minutes=1))
    world.system.seconds += 60


def test_a_rotated_secret_ends_after_a_day(now: World) -> None:
    second = admin("rotate_client_secret", client_id="cli_1")["client_secret"]
    assert asked(now).status == asked(now, second).status == 200
    now.passes(timedelta(hours=23, minutes=59))
    assert asked(now).status == asked(now, second).status == 200
    now.passes(timedelta(minutes=1))
    assert (asked(now).status, asked(now, second).status) == (401, 200)


def test_a_secret_that_was_replaced_before_overlaps_had_an_end_still_works(now: World) -> None:
    now.has(Client("cli_1", "mer_1", (client_secrets.hash_secret("newer"), HASHED)))
    now.passes(timedelta(days=9))
    assert asked(now).status == asked(now, "newer").status == 200


def test_a_leaked_secret_ends_at_once_and_so_do_its_tokens(now: World) -> None:
    stolen = issued(now)
    other = issued(now, client_id="cli_2")
    assert works(now, stolen)
    now.passes(timedelta(seconds=1))
    second = admin("rotate_client_secret", client_id="cli_1", **NOW)["client_secret"]
    assert asked(now).refusal == (401, "unauthorized")
    a_minute_passes(now)
    fresh = issued(now, second)
    assert works(now, fresh)
    assert works(now, other)
    answer = now.call("list_orders", token=stolen, query={})
    assert answer.refusal == (401, "unauthorized")
    assert "revoked" in answer.json["detail"]


def test_without_it_tokens_stay_until_their_hour_is_over(now: World) -> None:
    token = issued(now)
    admin("rotate_client_secret", client_id="cli_1")
    admin("update_client", client_id="cli_1", scopes=["orders:read"])
    a_minute_passes(now)
    assert works(now, token)


def test_a_deleted_clients_tokens_end(now: World) -> None:
    token, other = issued(now), issued(now, client_id="cli_2")
    assert works(now, token)
    admin("delete_client", client_id="cli_1")
    assert asked(now).refusal == (401, "unauthorized")
    a_minute_passes(now)
    assert not works(now, token)
    assert works(now, other)


def test_a_token_that_is_issued_while_its_client_is_deleted_ends_too(now: World) -> None:
    """IssueToken has read the client, and is slow."""
    known = now.system.merchants.client("cli_1")
    assert known
    admin("delete_client", client_id="cli_1")
    now.passes(timedelta(seconds=20))
    now.has(known)
    late = issued(now)
    assert not works(now, late)


def test_a_token_that_is_issued_while_its_secret_is_revoked_ends_too(now: World) -> None:
    """It bears the instant at which the client was read, or an earlier one."""
    before = now.system.merchants.client("cli_1")
    assert before
    admin("rotate_client_secret", client_id="cli_1", **NOW)
    now.has(before)
    assert not works(now, issued(now))


def test_wider_scopes_end_at_once(now: World) -> None:
    token = issued(now)
    admin("update_client", client_id="cli_1", scopes=["orders:read"], **NOW)
    a_minute_passes(now)
    assert not works(now, token)
    assert works(now, issued(now))


def test_a_revocation_is_forgotten_when_its_tokens_have_ended(now: World) -> None:
    for client_id in ("cli_1", "cli_2"):
        admin("rotate_client_secret", client_id=client_id, **NOW)
    now.passes(timedelta(hours=1, seconds=1))
    admin("rotate_client_secret", client_id="cli_2", **NOW)
    merchant = now.system.merchants.merchant("mer_1", fresh=True)
    assert merchant
    assert [each.client_id for each in merchant.revoked_tokens] == ["cli_2"]


def settings(world: World, body: dict[str, bool]) -> Answer:
    return answered("set_notifications", event(world, "PUT", "/account/notifications", body))


def secrets_that_sign(world: World) -> int:
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant
    return len(signing_secrets(world.system.seal, merchant, world.system.now()))


@pytest.mark.parametrize("who", ["operator", "merchant"])
def test_a_leaked_signing_secret_signs_no_more(now: World, who: str) -> None:
    def rotate(**more: bool) -> None:
        if who == "operator":
            admin("rotate_signing_secret", merchant_id="mer_1", **more)
        else:
            assert settings(now, {"rotate_secret": True, **more}).status == 200

    rotate()
    rotate()
    assert secrets_that_sign(now) == 2
    rotate(**NOW)
    assert secrets_that_sign(now) == 1


def test_an_overlap_of_signing_secrets_can_be_ended_without_another(now: World) -> None:
    for _ in range(2):
        admin("rotate_signing_secret", merchant_id="mer_1")
    ended = settings(now, NOW)
    assert ended.json["previous_secrets_sign_until"] is None
    assert "signing_secret" not in ended.json
    assert secrets_that_sign(now) == 1


def test_a_leaked_signature_key_is_refused(now: World) -> None:
    leaked, kept = new_key(now), new_key(now)
    put(now, {"required": True}, kept)
    assert account(now, leaked).status == account(now, kept).status == 200
    told = admin("revoke_signature_keys", merchant_id="mer_1", key_ids=[leaked["key_id"]])
    assert [key["key_id"] for key in told["signatures"]["keys"]] == [kept["key_id"]]
    a_minute_passes(now)
    assert account(now, leaked).refusal == (401, "signature_invalid")
    assert account(now, kept).status == 200


def test_a_key_that_is_not_there_is_told(now: World) -> None:
    before = now.everything("MerchantsTable")
    assert "error" in invoke("admin", sample("admin_revoke_signature_keys") | {"key_ids": ["sig_9"]})
    assert now.everything("MerchantsTable") == before


@pytest.mark.parametrize(
    "action", ["rotate_client_secret", "update_client", "rotate_signing_secret", "rotate_token_key"]
)
def test_it_is_true_or_false(now: World, action: str) -> None:
    before = now.everything("MerchantsTable")
    assert "error" in invoke("admin", sample(f"admin_{action}") | {"revoke_now": "no"})
    assert now.everything("MerchantsTable") == before


def test_two_secrets_are_compared_in_the_time_of_one(now: World, monkeypatch: pytest.MonkeyPatch) -> None:
    digests: list[bytes] = []
    digest = client_secrets._digest

    def counted(secret: str, salt: bytes) -> bytes:
        digests.append(salt)
        return digest(secret, salt)

    monkeypatch.setattr(client_secrets, "_digest", counted)
    asked(now, "wrong")
    second = admin("rotate_client_secret", client_id="cli_1")["client_secret"]
    digests.clear()
    for secret in ("wrong", FIRST, second):
        asked(now, secret)
    asked(now, "wrong", "cli_nobody")
    assert len(digests) == 4

"""A merchant's own account with a PSP: credentials come in, are checked and sealed, and never go out (GO-8, IS-16)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.acme import CREDENTIALS, LIVE, AcmeConnector, put, with_acme
from tests.functions.acme import PLAIN as PLAIN_PAY
from tests.functions.world import NOON, Answer, FrozenSystem, World, invoke, sample
from tillgate.connectors.host.credentials import MODE, credentials
from tillgate.connectors.v1 import NoAnswer, NotAccepted, NotSent
from tillgate.domain.merchants.connections import PURPOSE
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.aws import client

TEST_SET = {"mode": "test", "credentials": CREDENTIALS}
LIVE_SET = {"mode": "live", "credentials": LIVE}
PLAIN = [*CREDENTIALS.values(), *LIVE.values()]


@pytest.fixture
def acme(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    return with_acme(world, monkeypatch)


def listed(world: World, connector: str = "acme") -> Any:
    items = world.call("list_connectors").json["items"]
    return next(each for each in items if each["connector"] == connector)


def used(world: World) -> Any:
    """What a connector is given now, in a process that has just begun."""
    world.system.__dict__.pop("connections", None)
    return credentials(world.system, "acme", "mer_1")


def value_ids(answer: Answer, mode: str, name: str) -> list[str]:
    return [value["value_id"] for value in answer.json[mode]["values"] if value["name"] == name]


def test_before_it_is_set_up_the_url_for_the_psp_is_known(acme: World) -> None:
    told = listed(acme)
    assert told["notification_url"] == "https://api.example.com/v1/psp/acme/notifications/mer_1"
    assert (told["set_up"], told["mode"], told["test"], told["live"], told["revision"]) == (False, None, None, None, 0)
    assert told["credential_names"] == ["publishable_key", "secret_key", "webhook_secret"]
    assert [method["method"] for method in told["methods"]] == ["card", "wallet", "gift_card"]


def test_what_the_deployment_has_set_up_needs_nothing_of_a_merchant(acme: World) -> None:
    told = listed(acme, "sandbox")
    assert (told["set_up"], told["mode"], told["test"], told["live"]) == (True, None, None, None)
    told = listed(acme, "offline")
    assert (told["set_up"], told["credential_names"], told["notification_url"]) == (True, [], None)
    assert put(acme, TEST_SET, "offline").refusal == (422, "capability_not_supported")


def test_credentials_are_checked_sealed_and_never_told(acme: World) -> None:
    answer = put(acme, TEST_SET)
    assert answer.status == 200, answer.text
    assert (answer.json["set_up"], answer.json["mode"], answer.json["revision"]) == (True, "test", 1)
    assert answer.json["test"]["checked_at"] == "2030-01-01T12:00:00.000Z"
    assert AcmeConnector.asked == [{MODE: "test"} | CREDENTIALS]
    shown = {value["name"]: value for value in answer.json["test"]["values"]}
    assert {name: value["hint"] for name, value in shown.items()} == {
        "secret_key": None,
        "publishable_key": "7890",
        "webhook_secret": None,
    }
    assert {(value["set_by"], value["set_at"], value["valid_until"]) for value in shown.values()} == {
        ("cli_1", "2030-01-01T12:00:00.000Z", None)
    }
    stored = json.dumps(acme.everything("MerchantsTable"))
    for text in (answer.text, acme.call("list_connectors").text, acme.call("get_account").text, stored):
        assert not [plain for plain in PLAIN if plain in text]
    assert used(acme) == {MODE: "test"} | CREDENTIALS


def test_they_open_for_their_merchant_connector_mode_and_purpose_alone(acme: World) -> None:
    put(acme, TEST_SET)
    stored = acme.system.connections.load("mer_1", "acme")
    assert stored
    assert stored.test
    opened = acme.system.seal.decrypt(stored.test.sealed, "mer_1", PURPOSE, connector="acme", mode="test")
    assert sorted(json.loads(opened).values()) == sorted(CREDENTIALS.values())
    wrong: list[tuple[str, str | None, str, str]] = [
        ("mer_2", PURPOSE, "acme", "test"),
        ("mer_1", None, "acme", "test"),
        ("mer_1", "request-signature", "acme", "test"),
        ("mer_1", PURPOSE, "sandbox", "test"),
        ("mer_1", PURPOSE, "acme", "live"),
    ]
    for merchant_id, purpose, connector, mode in wrong:  # the seal has opened it before, and must not remember it
        with pytest.raises(client("kms").exceptions.ClientError):
            acme.system.seal.decrypt(stored.test.sealed, merchant_id, purpose, connector=connector, mode=mode)


@pytest.mark.parametrize(
    ("given", "pointer", "says"),
    [
        (CREDENTIALS | {"webook_secret": "x"}, "/credentials/webook_secret", "did you mean webhook_secret?"),
        (CREDENTIALS | {"a/b~c": "x"}, "/credentials/a~1b~0c", "the names are publishable_key"),
        ({"secret_key": "x"}, "/credentials/publishable_key", "publishable_key, webhook_secret must be given too"),
        (CREDENTIALS | {"secret_key": "two\nlines"}, "/credentials/secret_key", "must be one line"),
        (CREDENTIALS | {"secret_key": "  "}, "/credentials/secret_key", "must be one line"),
        (CREDENTIALS | {"secret_key": "schlüssel"}, "/credentials/secret_key", "must be one line of ASCII"),
        (CREDENTIALS | {"webhook_secret": "-----BEGIN X\nY"}, "/credentials/webhook_secret", "must be one line"),
        (CREDENTIALS | {"secret_key": "x" * 4090}, "/credentials", "too long"),
        ({}, "/credentials", "at least 1 field"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(acme: World, given: Any, pointer: str, says: str) -> None:
    answer = put(acme, {"mode": "test", "credentials": given})
    assert answer.refusal == (422, "invalid_request")
    assert answer.pointers == [pointer]
    assert says in answer.text
    assert acme.system.connections.load("mer_1", "acme") is None


def test_a_key_in_pem_has_several_lines_and_spaces_around_a_value_go(acme: World) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"
    given = CREDENTIALS | {"secret_key": f"{pem}\n", "publishable_key": " pk_test_1 \n"}
    assert put(acme, {"mode": "test", "credentials": given}).status == 200
    assert used(acme) == {MODE: "test"} | CREDENTIALS | {"secret_key": pem, "publishable_key": "pk_test_1"}


def test_an_unknown_connector_is_named(acme: World) -> None:
    answer = put(acme, TEST_SET, "acne")
    assert answer.refusal == (404, "not_found")
    assert "acme, offline, sandbox, stripe" in answer.json["detail"]
    assert put(acme, TEST_SET | {"mode": "both"}).pointers == ["/mode"]
    assert put(acme, TEST_SET | {"key": "x"}).pointers == ["/key"]


def test_what_the_psp_does_not_accept_is_not_stored(acme: World) -> None:
    AcmeConnector.says.append(NotAccepted(f"the key {CREDENTIALS['secret_key']} is expired; make a new one"))
    answer = put(acme, TEST_SET)
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/credentials"])
    assert answer.json["detail"] == "Acme Pay does not accept them: the key ... is expired; make a new one"
    assert acme.system.connections.load("mer_1", "acme") is None


@pytest.mark.parametrize("trouble", [NoAnswer("slow"), NotSent("down"), ValueError(CREDENTIALS["secret_key"])])
def test_while_the_psp_cannot_be_asked_nothing_is_stored_unless_unchecked(acme: World, trouble: Exception) -> None:
    AcmeConnector.says.append(trouble)
    answer = put(acme, TEST_SET)
    assert answer.refusal == (503, "psp_unavailable")
    assert "set check to false" in answer.json["detail"]
    assert acme.system.connections.load("mer_1", "acme") is None
    asked = len(AcmeConnector.asked)
    unchecked = put(acme, TEST_SET | {"check": False})
    assert (unchecked.status, unchecked.json["test"]["checked_at"]) == (200, None)
    assert len(AcmeConnector.asked) == asked


def test_a_connector_without_a_harmless_call_says_that_nothing_was_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = put(with_acme(world, monkeypatch, PLAIN_PAY), TEST_SET, "plain")
    assert (answer.status, answer.json["test"]["checked_at"]) == (200, None)


def test_one_value_is_rotated_alone_and_the_whole_is_checked_again(acme: World) -> None:
    put(acme, TEST_SET)
    answer = put(acme, {"mode": "test", "credentials": {"secret_key": "sk_test_2"}})
    assert (answer.status, answer.json["revision"]) == (200, 2)
    assert AcmeConnector.asked[-1] == {MODE: "test"} | CREDENTIALS | {"secret_key": "sk_test_2"}
    assert used(acme) == AcmeConnector.asked[-1]


def test_a_rotation_and_a_revocation_take_effect_everywhere_within_a_minute(acme: World) -> None:
    put(acme, TEST_SET)
    elsewhere = FrozenSystem()  # another process

    def key_there() -> str | None:
        found = credentials(elsewhere, "acme", "mer_1")
        return found["secret_key"] if found else None

    assert key_there() == CREDENTIALS["secret_key"]
    put(acme, {"mode": "test", "credentials": {"secret_key": "sk_test_2"}})
    assert used(acme)["secret_key"] == "sk_test_2"
    elsewhere.seconds += 59
    assert key_there() == CREDENTIALS["secret_key"]
    elsewhere.seconds += 1
    assert key_there() == "sk_test_2"
    put(acme, {"mode": "test", "credentials": None})
    elsewhere.seconds += 60
    assert key_there() is None


def test_webhook_secrets_overlap_and_the_overlap_ends(acme: World) -> None:
    put(acme, TEST_SET)
    answer = put(acme, {"mode": "test", "credentials": {"webhook_secret": "whsec_of_acme_2"}})
    assert used(acme)["webhook_secret"] == "whsec_of_acme_2\nwhsec_of_acme_1"
    new, old = [value for value in answer.json["test"]["values"] if value["name"] == "webhook_secret"]
    assert (new["valid_until"], old["valid_until"]) == (None, "2030-01-08T12:00:00.000Z")
    acme.passes(timedelta(days=7))
    assert used(acme)["webhook_secret"] == "whsec_of_acme_2"
    assert [each["value_id"] for each in listed(acme)["test"]["values"] if each["name"] == "webhook_secret"] == [
        new["value_id"]
    ]


def test_a_value_is_revoked_at_once_but_not_the_last_one(acme: World) -> None:
    (first,) = value_ids(put(acme, TEST_SET), "test", "webhook_secret")
    assert put(acme, {"mode": "test", "revoke": [first]}).pointers == ["/revoke"]
    assert put(acme, {"mode": "test", "revoke": ["val_9"]}).refusal == (404, "not_found")
    answer = put(acme, {"mode": "test", "credentials": {"webhook_secret": "whsec_2"}, "revoke": [first]})
    assert answer.status == 200
    assert used(acme)["webhook_secret"] == "whsec_2"
    (second,) = value_ids(answer, "test", "webhook_secret")
    third = put(acme, {"mode": "test", "credentials": {"webhook_secret": "whsec_3"}})
    newest = value_ids(third, "test", "webhook_secret")[0]
    answer = put(acme, {"mode": "test", "revoke": [newest]})
    left = [value for value in answer.json["test"]["values"] if value["name"] == "webhook_secret"]
    assert [(value["value_id"], value["valid_until"]) for value in left] == [(second, None)]


def test_five_values_of_a_webhook_secret_at_most(acme: World) -> None:
    put(acme, TEST_SET)
    for number in range(4):
        assert put(acme, {"mode": "test", "credentials": {"webhook_secret": f"whsec_{number}"}}).status == 200
    answer = put(acme, {"mode": "test", "credentials": {"webhook_secret": "whsec_5"}})
    assert answer.pointers == ["/credentials/webhook_secret"]
    again = put(acme, {"mode": "test", "credentials": {"webhook_secret": "whsec_0"}})
    assert len(value_ids(again, "test", "webhook_secret")) == 5
    assert used(acme)["webhook_secret"].startswith("whsec_0\n")


def test_test_and_live_are_apart_and_live_does_not_go_back_by_itself(acme: World) -> None:
    put(acme, TEST_SET)
    assert put(acme, LIVE_SET | {"use": False}).json["mode"] == "test"
    assert put(acme, {"mode": "live"}).json["mode"] == "live"
    assert used(acme) == {MODE: "live"} | LIVE
    assert put(acme, {"mode": "test", "credentials": {"secret_key": "sk_test_3"}}).json["mode"] == "live"
    assert credentials(acme.system, "acme", "mer_1", Mode.TEST) == {MODE: "test"} | CREDENTIALS | {
        "secret_key": "sk_test_3"
    }
    assert put(acme, {"mode": "test", "use": True}).json["mode"] == "test"


def test_a_value_that_is_only_revoked_puts_nothing_live(acme: World) -> None:
    put(acme, TEST_SET)
    put(acme, LIVE_SET | {"use": False})
    answer = put(acme, {"mode": "live", "credentials": {"webhook_secret": "whsec_9"}, "use": False})
    old = value_ids(answer, "live", "webhook_secret")[1]
    assert put(acme, {"mode": "live", "revoke": [old]}).json["mode"] == "test"


def test_a_mode_without_credentials_cannot_be_used(acme: World) -> None:
    put(acme, TEST_SET)
    answer = put(acme, {"mode": "live"})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/credentials"])
    assert listed(acme)["mode"] == "test"


def test_deleted_credentials_are_gone_from_the_table(acme: World) -> None:
    put(acme, TEST_SET)
    put(acme, LIVE_SET)
    answer = put(acme, {"mode": "live", "credentials": None})
    assert (answer.json["live"], answer.json["set_up"], answer.json["mode"]) == (None, False, "live")
    stored = acme.system.connections.load("mer_1", "acme")
    assert stored
    assert stored.live is None
    assert used(acme) is None
    answer = put(acme, {"mode": "test", "credentials": None})
    assert (answer.json["mode"], answer.json["set_up"], answer.json["revision"]) == (None, False, 4)


def test_another_merchants_are_not_shown(acme: World) -> None:
    put(acme, TEST_SET)
    acme.has_merchant("mer_2")
    other = acme.call("list_connectors", token=acme.token("mer_2")).json["items"][0]
    assert (other["connector"], other["set_up"], other["test"]) == ("acme", False, None)
    assert credentials(acme.system, "acme", "mer_2") is None


def test_a_suspended_merchant_sets_nothing_but_its_payments_go_on(acme: World) -> None:
    put(acme, TEST_SET)
    acme.has_merchant(suspended=True)
    acme.passes(timedelta(minutes=2))
    acme.system.__dict__.pop("merchants")
    assert put(acme, {"mode": "test", "credentials": None}).refusal == (401, "unauthorized")
    assert used(acme) == {MODE: "test"} | CREDENTIALS


def test_an_operator_sets_shows_and_revokes(acme: World) -> None:
    who = {"by": "Ada", "reason": "the merchant asked for it"}
    named = {"connector": "acme", "credentials": CREDENTIALS}
    made = invoke("admin", sample("admin_set_connector") | named | who)
    assert (made["set_up"], {value["set_by"] for value in made["test"]["values"]}) == (True, {"Ada"})
    shown = invoke("admin", sample("admin_show_connectors"))
    assert next(each for each in shown["items"] if each["connector"] == "acme") == made
    (old,) = [value["value_id"] for value in made["test"]["values"] if value["name"] == "webhook_secret"]
    invoke("admin", sample("admin_set_connector") | named | {"credentials": {"webhook_secret": "whsec_2"}} | who)
    revoked = invoke("admin", sample("admin_revoke_connector") | {"connector": "acme", "value_ids": [old]} | who)
    assert old not in json.dumps(revoked)
    gone = invoke("admin", sample("admin_revoke_connector") | {"connector": "acme"} | who)
    assert (gone["test"], gone["set_up"]) == (None, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"merchant_id": "mer_9"},
        {"connector": "nobody"},
        {"mode": "both"},
        {"credentials": ["sk"]},
        {"credentials": {"secret_key": 7}},
        {"use": "no"},
        {"by": ""},
    ],
    ids=json.dumps,
)
def test_what_an_operator_cannot_do_says_so_and_tells_no_credential(acme: World, wrong: dict[str, Any]) -> None:
    call = sample("admin_set_connector") | {"connector": "acme", "credentials": CREDENTIALS} | wrong
    answer = invoke("admin", call)
    assert list(answer) == ["error"]
    assert not [plain for plain in PLAIN if plain in answer["error"]]
    assert acme.system.connections.load("mer_1", "acme") is None


def test_no_log_line_holds_a_credential(acme: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever becomes of the call: taken, refused by us or the PSP, failed inside the connector or in KMS."""
    put(acme, TEST_SET)
    put(acme, LIVE_SET)
    put(acme, LIVE_SET | {"mode": "x"})
    put(acme, {"mode": "test", "credentials": CREDENTIALS | {"secret_key": LIVE["secret_key"] + "\n\n,"}})
    for trouble in (NotAccepted, NoAnswer, NotSent, ValueError):
        AcmeConnector.says.append(trouble(f"header Bearer {LIVE['secret_key']} is wrong"))
        put(acme, LIVE_SET)
    invoke("admin", sample("admin_set_connector") | {"connector": "acme", "credentials": CREDENTIALS})
    invoke("admin", sample("admin_set_connector") | {"connector": "acme", "credentials": CREDENTIALS, "mode": 1})
    acme.system.seal._key_id = "no-such-key"
    assert put(acme, TEST_SET).status == 500
    credentials(acme.system, "acme", "mer_1")
    logged = capsys.readouterr().out
    assert "connection changed" in logged
    assert "a connector failed to check credentials" in logged
    assert "unexpected" in logged
    assert [plain for plain in PLAIN if plain in logged] == []


def test_plain_values_are_in_no_representation(acme: World) -> None:
    from tillgate.connectors.host.credentials import open_credentials
    from tillgate.domain.merchants.connections import Change

    put(acme, TEST_SET)
    stored = acme.system.connections.load("mer_1", "acme")
    assert stored
    assert stored.test
    opened = open_credentials(acme.system.seal, "mer_1", "acme", Mode.TEST, stored.test)
    assert opened.by_name(NOON) == CREDENTIALS
    shown = f"{opened!r} {opened} {Change(Mode.TEST, 'Ada', CREDENTIALS)!r}"
    assert not [plain for plain in PLAIN if plain in shown]

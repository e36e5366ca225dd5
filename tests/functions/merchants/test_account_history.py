"""Every change of an account leaves an entry in its history, in the same transaction, without secrets (RG-9)."""

import ast
import json
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, get_type_hints

import pytest

from tests.functions.merchants import test_account_races as races
from tests.functions.merchants.test_account_races import CALLED_OFF, CLIENT, DELETED, MERCHANT, VENDOR, Writer
from tests.functions.world import EVENTS, World, invoke
from tests.handlers import handler_module
from tillgate.domain.merchants.account import Client, Merchant
from tillgate.domain.merchants.connections import Change, Connection, Credentials
from tillgate.domain.merchants.history import SEALED, SECRETS, differences
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.acting import Acting, acts
from tillgate.runtime.aws import client
from tillgate.use_cases.merchants.accounts import create_merchant
from tillgate.use_cases.merchants.clients import create_client
from tillgate.use_cases.merchants.set_connection import set_connection
from tillgate.use_cases.merchants.token_keys import rotate_token_key
from tillgate.use_cases.merchants.vendors import create_vendor

accounts = races.accounts
WRITERS = (*MERCHANT, *VENDOR, *CALLED_OFF, *CLIENT, *DELETED)
ADA = Acting("admin", "Ada", "a_call", "req-1", "a reason")
SECRET_KEY, WEBHOOK = "sk_test_0123456789abcdef", "whsec_0123456789abcdef"


def _connects(world: World) -> object:
    given = {"secret_key": SECRET_KEY, "publishable_key": "pk_test_0123456789abcdef", "webhook_secret": WEBHOOK}
    return set_connection(world.system, "mer_1", "stripe", Change(Mode.TEST, "cli_1", given, check=False))


CREATING: dict[str, Callable[[World], Any]] = {
    "create_merchant": lambda w: create_merchant(w.system, w.system.seal, name="New", update_url=None, methods={}),
    "create_vendor": lambda w: create_vendor(w.system, "mer_1", name="Vera", psp_account="acct_2"),
    "create_client": lambda w: create_client(w.system, "mer_1", None),
    "set_connection": _connects,
    "rotate_token_key": lambda w: rotate_token_key(w.system),
}


def entries(world: World) -> list[dict[str, Any]]:
    items = [each for each in world.everything("MerchantsTable") if each["pk"]["S"].startswith("HISTORY#")]
    return [json.loads(each["document"]["S"]) for each in items]


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.name)
def test_every_writer_leaves_an_entry_that_says_who(world: World, writer: Writer) -> None:
    acts(ADA)
    writer.act(world)
    made = entries(world)
    assert made
    for entry in made:
        assert (entry["via"], entry["by"], entry["call"]) == ("admin", "Ada", "a_call")
        assert (entry["request_id"], entry["reason"], entry["merchant_id"]) == ("req-1", "a reason", "mer_1")
        assert entry["at"].startswith("2030-01-01T12:00:00")
        assert entry["changes"]
        assert all(each["old"] != each["new"] or name in SECRETS for name, each in entry["changes"].items())


@pytest.mark.parametrize("name", CREATING)
def test_what_is_created_leaves_an_entry(world: World, name: str) -> None:
    acts(ADA)
    before = len(entries(world))
    CREATING[name](world)
    made = entries(world)[before:] or entries(world)
    assert {each["by"] for each in made} == {"Ada"}


def test_whatever_creates_or_connects_is_among_these() -> None:
    """As found in the source; those that change what is there are found by `test_every_writer_of_accounts_is_raced`."""
    methods = {"create_merchant", "create_vendor", "create_client", "change_public"}
    found = {
        function.name
        for path in sorted(races.USE_CASES.rglob("*.py"))
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef)
        if races._called(function) & methods or "connections.change(" in ast.unparse(function)
    }
    assert found == set(CREATING)


def test_no_writer_of_the_table_goes_past_the_history() -> None:
    """The merchants table is written by `Items` and `Connections` alone; both write the entry in the same place."""
    store = EVENTS.parent / "layers/tillgate/tillgate/store"
    writing = ("put_item", "update_item", "delete_item", "transact(", "batch_write_item")
    of_accounts = [
        path.name
        for path in sorted((store / "merchants").glob("*.py"))
        if any(word in path.read_text() for word in writing)
    ]
    assert of_accounts == ["connections.py", "items.py"]
    for path in sorted(store.rglob("*.py")) + sorted((store.parent / "use_cases").rglob("*.py")):
        assert "MERCHANTS_TABLE" not in path.read_text(), path


def test_of_a_race_that_is_lost_there_is_one_entry_for_each_change(world: World) -> None:
    with races.interrupted(lambda: MERCHANT[1].act(world)):
        MERCHANT[0].act(world)
    assert sorted(tuple(each["changes"]) for each in entries(world)) == [("name",), ("suspended",)]


def test_what_changes_nothing_leaves_no_entry(world: World) -> None:
    MERCHANT[1].act(world)
    MERCHANT[1].act(world)
    assert len(entries(world)) == 1


def test_no_secret_is_in_the_history(world: World) -> None:
    """Neither in plain text nor sealed nor hashed, whoever wrote what."""
    told = [json.dumps(CREATING[name](world), default=str) for name in ("create_merchant", "create_client")]
    for writer in (each for each in WRITERS if each not in CALLED_OFF):
        told.append(json.dumps(writer.act(world), default=str))
    _connects(world)
    said = json.dumps(entries(world))
    secrets = [word for text in told for word in text.replace("\\", "").split('"') if len(word) >= 40]
    stored = json.dumps([each for each in world.everything("MerchantsTable") if "HISTORY#" not in each["pk"]["S"]])
    secrets += [word for word in stored.replace("\\", "").split('"') if len(word) >= 60 and " " not in word]
    assert len(secrets) >= 5
    assert not [each for each in [*secrets, SECRET_KEY, WEBHOOK] if each in said]


SHOWN = {
    Merchant: {
        *("merchant_id", "name", "suspended", "update_url", "update_url_set_at", "endpoints", "methods"),
        *("method_rules", "authorization_sequence", "refunds_commission", "logo_url", "colour", "links"),
        *("old_signing_secrets", "signature_keys", "requires_signatures", "payout_limits", "revoked_tokens"),
        *("calls_per_second", "time_zone", "attempt_limits", "blocked_fingerprints"),
    },
    Client: {"client_id", "merchant_id", "scopes", "known_to", "previous_until"},
    Vendor: {"vendor_id", "merchant_id", "name", "psp_account", "suspended", "new_account"},
    Connection: {"merchant_id", "connector", "mode", "test", "live", "revision"},
    Credentials: {"values", "checked_at"},
}


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_each_field_is_shown_or_a_secret_by_decision(kind: Any) -> None:
    """A field that is new is in neither list: decide whether it may be read in the history."""
    assert {each.name for each in fields(kind)} - SECRETS - SEALED == SHOWN[kind]
    assert get_type_hints(kind)


def test_of_long_lists_only_the_difference_is_kept() -> None:
    old, new = [str(each) for each in range(100)], [str(each) for each in range(1, 101)]
    assert differences({"blocked": old}, {"blocked": new}) == {"blocked": {"old": ["0"], "new": ["100"]}}


def test_the_merchant_sees_what_concerns_it_and_no_operator(world: World) -> None:
    context = SimpleNamespace(aws_request_id="lambda-1")
    said = {"merchant_id": "mer_1", "by": "Olga", "reason": "a ticket"}
    for change in ({"name": "Ida"}, {"calls_per_second": 7}):
        handler_module("admin").handler({"action": "update_merchant", **said, **change}, context)
        world.passes(timedelta(seconds=1))  # entries of one instant are in no order
    limit = {"action": "set_payout_limit", "currency": "CHF", "per_payout": 1, "per_day": 2, **said}
    handler_module("admin").handler(limit, context)
    world.passes(timedelta(seconds=1))
    assert world.call("set_time_zone", {"time_zone": "Europe/Berlin"}, key="k-1").status == 200
    answer = world.call("list_account_history")
    assert answer.status == 200
    zone, limits, name = answer.json["items"]
    assert (zone["by"], zone["call"]) == ("cli_1", "PUT /account/time-zone")
    assert zone["request_id"]
    assert zone["changes"] == {"time_zone": {"old": None, "new": "Europe/Berlin"}}
    assert (limits["by"], name["by"], name["request_id"]) == ("operator", "operator", None)
    assert limits["changes"]["payout_limits.CHF"]["new"] == {
        **{"per_payout": 1, "per_day": 2},
        "set_at": "2030-01-01T12:00:02Z",
    }
    assert not [word for word in ("Olga", "a ticket", "calls_per_second") if word in answer.text]
    all_of_it = invoke("admin", {"action": "history", "merchant_id": "mer_1"})["items"]
    assert [each["by"] for each in all_of_it] == ["cli_1", "Olga", "Olga", "Olga"]
    assert all_of_it[1]["request_id"] == "lambda-1"
    assert all_of_it[1]["reason"] == "a ticket"


def test_the_history_has_pages_and_is_each_merchants_own(world: World) -> None:
    world.has_merchant("mer_2")
    for number in range(5):
        invoke("admin", {"action": "update_merchant", "merchant_id": "mer_1", "name": f"Ada {number}"})
    seen: list[Any] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = world.call("list_account_history", query=query).json
        seen += [each["changes"]["name"]["new"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        query = {"limit": "2", "cursor": page["next_cursor"]}
    assert sorted(seen) == [f"Ada {number}" for number in range(5)]
    assert world.call("list_account_history", token=world.token("mer_2")).json["items"] == []


def test_a_repeated_call_is_in_the_history_once(world: World) -> None:
    for _ in range(2):
        assert world.call("set_time_zone", {"time_zone": "Asia/Tokyo"}, key="k-1").status == 200
    assert len(entries(world)) == 1


def test_an_entry_is_put_on_condition_that_there_is_none(world: World) -> None:
    """Nothing is granted on entries but to put and to read them: see tests/template."""
    CREATING["create_vendor"](world)
    (item,) = [each for each in world.everything("MerchantsTable") if each["pk"]["S"].startswith("HISTORY#")]
    condition = "attribute_not_exists(pk)"
    with pytest.raises(client("dynamodb").exceptions.ConditionalCheckFailedException):
        client("dynamodb").put_item(TableName="MerchantsTable", Item=item, ConditionExpression=condition)

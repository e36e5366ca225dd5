"""A merchant's own account with a PSP, end to end: set, used to pay, rotated, revoked (GO-8, IS-16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from tests.flows.client import JSON, Merchant, eventually
from tests.flows.inside import Client, Inside, read_secret
from tests.flows.operators import Operators
from tests.flows.races import together
from tillgate.domain.merchants.connections import Connection, Credentials, Value
from tillgate.domain.shared.modes import Mode
from tillgate.store.merchants.connections import Connections

pytestmark = pytest.mark.flow

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def account(aws: Client, resources: dict[str, str]) -> dict[str, str]:
    """What the sandbox PSP accepts."""
    secret = read_secret(aws, resources["SandboxPspSecret"])
    return {"key_id": secret["key_id"], "secret": secret["secret"]}


def connect(merchant: Merchant, body: JSON) -> Any:
    return merchant.call("PUT", "/account/connectors/sandbox", body)


def test_what_is_wrong_is_refused_and_the_deployments_account_goes_on(operators: Operators) -> None:
    merchant = operators.merchant("Wrong keys")
    wrong = {"key_id": "sandbox", "secret": "certainly-not-the-secret-of-the-sandbox"}
    refused = connect(merchant, {"mode": "test", "credentials": wrong}).refused(422, "invalid_request")
    assert refused["errors"][0]["pointer"] == "/credentials"
    misspelt = connect(merchant, {"mode": "test", "credentials": {"key_it": "x"}}).refused(422, "invalid_request")
    assert misspelt["errors"][0]["pointer"] == "/credentials/key_it"
    merchant.call("PUT", "/account/connectors/nobody", {"mode": "test"}).refused(404, "not_found")
    order = merchant.order()
    assert "mode" not in merchant.start(order)
    assert "mode" not in merchant.read(order)


def test_a_merchant_is_paid_through_its_own_account(operators: Operators, account: dict[str, str]) -> None:
    merchant = operators.merchant("Own account")
    merchant_id = merchant.account["merchant_id"]
    told = connect(merchant, {"mode": "test", "credentials": account}).expect(200)
    assert (told["set_up"], told["mode"], told["revision"]) == (True, "test", 1)
    assert told["test"]["checked_at"]
    assert told["notification_url"] == f"{merchant.api_url}/psp/sandbox/notifications/{merchant_id}"
    listed = merchant.call("GET", "/account/connectors")
    assert account["secret"] not in listed.text
    assert next(each for each in listed.expect(200)["items"] if each["connector"] == "sandbox") == told

    def begun_in_test() -> JSON | None:
        """Other processes of START may keep for a minute that there was no account."""
        order = merchant.order()
        return order if merchant.start(order, "tok_pending").get("mode") == "test" else None

    order = eventually(begun_in_test, within=90)
    assert order
    paid = merchant.becomes(order, "AUTHORIZED")  # the PSP has notified the merchant's own URL
    assert (paid["mode"], paid["payments"][0]["mode"]) == ("test", "test")
    assert merchant.done(paid["payments"][0], "capture")["status"] == "CAPTURED"


def test_an_operator_revokes(operators: Operators, account: dict[str, str]) -> None:
    merchant = operators.merchant("Leaked")
    who = {"merchant_id": merchant.account["merchant_id"], "connector": "sandbox", "mode": "live"}
    why = {"by": "Grace", "reason": "a test"}
    told = operators.call("set_connector", credentials=account, **who, **why)
    assert {value["set_by"] for value in told["live"]["values"]} == {"Grace"}
    assert operators.call("revoke_connector", **who, **why)["live"] is None
    shown = operators.call("show_connectors", merchant_id=merchant.account["merchant_id"])
    assert account["secret"] not in str(shown)


@pytest.mark.race
def test_writers_at_once_never_lose_one_anothers_change(inside: Inside, operators: Operators) -> None:
    """Real threads on the local cloud's table: every one of them is counted."""
    merchant_id = operators.merchant("Race").account["merchant_id"]
    table = inside.resources["MerchantsTable"]

    def write(mark: str) -> Connection:
        def change(before: Connection | None) -> Connection:
            values = before.test.values if before and before.test else ()
            test = Credentials("sealed", (*values, Value(mark, mark, NOON, "Ada")))
            return replace(before or Connection(merchant_id, "sandbox", Mode.TEST), test=test)

        return Connections(inside.aws("dynamodb"), table).change(merchant_id, "sandbox", change)

    for round_ in range(5):
        together(*[partial(write, f"{round_}{name}") for name in "abcd"])
    found = Connections(inside.aws("dynamodb"), table).load(merchant_id, "sandbox")
    assert found
    assert found.test
    assert sorted(value.name for value in found.test.values) == [f"{r}{name}" for r in range(5) for name in "abcd"]
    assert found.revision == 20


@pytest.mark.race
def test_webhook_secrets_added_at_once_are_all_valid(operators: Operators, account: dict[str, str]) -> None:
    merchant = operators.merchant("Race of secrets")
    connect(merchant, {"mode": "test", "credentials": account}).expect(200)

    def add(number: int) -> int:
        body = {"mode": "test", "credentials": {"secret": f"another-secret-{number}"}, "check": False}
        while (answer := connect(merchant, body)).status == 409:
            assert answer.code == "concurrent_request"
        return int(answer.status)

    assert together(*[partial(add, number) for number in range(3)]) == [200] * 3
    told = merchant.call("GET", "/account/connectors").expect(200)["items"]
    values = next(each for each in told if each["connector"] == "sandbox")["test"]["values"]
    assert len([value for value in values if value["name"] == "secret"]) == 4

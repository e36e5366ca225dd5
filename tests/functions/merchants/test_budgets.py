"""Nobody makes us pay: budgets of merchants and addresses, guesses before the hash, PSPs asked for strangers (GO-4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.functions.failing_writes import FailingWrites, Why, failing
from tests.functions.world import FORM, NOON, PAYMENT_ID, Answer, World, invoke
from tillgate.domain.merchants.account import SCOPES, Client
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime.aws import client
from tillgate.store.shared.guards import Budget, Guards, address_name
from tillgate.use_cases.merchants import client_secrets
from tillgate.use_cases.shared import metering
from tillgate.use_cases.shared.metering import FREE, LEASE, SPAN

SECRET = "a secret"
HASHED = client_secrets.hash_secret(SECRET)


@pytest.fixture
def guards(world: World) -> Guards:
    return world.system.guards


@pytest.fixture
def writes(world: World) -> Iterator[list[str]]:
    """Writes of the guards table."""
    made: list[str] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        if params.get("TableName") == "GuardsTable" and model.name != "GetItem":
            made.append(model.name)

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", note, unique_id="guards")
    yield made
    events.unregister("provide-client-params.dynamodb", unique_id="guards")


# The bucket.


def test_a_bucket_gives_its_burst_and_then_so_many_a_second(guards: Guards) -> None:
    budget = Budget(per_second=2, burst=10)
    assert [guards.take("a", 1, budget, NOON) for _ in range(10)] == [0] * 10
    assert guards.take("a", 1, budget, NOON) == 0.5
    assert guards.take("a", 4, budget, NOON) == 2
    assert guards.take("b", 1, budget, NOON) == 0
    assert guards.take("a", 4, budget, NOON + timedelta(seconds=2)) == 0
    assert guards.take("a", 1, budget, NOON + timedelta(seconds=2)) == 0.5
    assert guards.take("a", 10, budget, NOON + timedelta(hours=1)) == 0


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 4)), max_size=12))
def test_it_never_gives_more_than_its_rate(steps: list[tuple[int, int]]) -> None:
    """Against a bucket that counts what it holds."""
    budget, held, now = Budget(per_second=4, burst=8), 8.0, NOON
    guards = Guards(_Table(), "GuardsTable")
    for pause, calls in steps:
        now += timedelta(milliseconds=pause)
        held = min(8.0, held + 4 * pause / 1000)
        granted = guards.take("x", calls, budget, now) == 0
        assert granted is (held >= calls - 1e-6)
        held -= calls if granted else 0


class _Table:
    """One item of DynamoDB, with the conditions of a bucket."""

    full_at: int | None = None

    def update_item(self, **asked: Any) -> None:
        values = {name: int(value["N"]) for name, value in asked["ExpressionAttributeValues"].items()}
        condition = asked["ConditionExpression"]
        if "BETWEEN" in condition:
            holds = self.full_at is not None and values[":now"] <= self.full_at <= values[":latest"]
        else:
            holds = self.full_at is None if "not_exists" in condition else self.full_at == values[":old"]
        if not holds:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem")
        self.full_at = values[":full"] if ":full" in values else (self.full_at or 0) + values[":cost"]

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": {"full_at": {"N": str(self.full_at)}}} if self.full_at is not None else {}


# Merchants.


def listed(world: World, merchant_id: str = "mer_1") -> Answer:
    return world.call("list_orders", token=world.token(merchant_id), query={})


def flood(world: World, merchant_id: str = "mer_1", most: int = 200) -> int:
    """How many calls pass before one does not."""
    return next(number for number in range(most) if listed(world, merchant_id).status == 429)


def test_a_merchant_that_calls_too_often_is_told_when_to_come_again(world: World, writes: list[str]) -> None:
    world.has_merchant(calls_per_second=2.0)
    world.has_merchant("mer_2")
    assert flood(world) == FREE + 2 * 10
    refused = listed(world)
    assert refused.refusal == (429, "too_many_requests")
    assert refused.headers["retry-after"] == "10"
    assert listed(world, "mer_2").status == 200
    made = len(writes)
    for _ in range(20):
        assert listed(world).status == 429
    assert len(writes) == made  # a refusal costs nothing
    world.system.seconds += 10
    world.passes(timedelta(seconds=10))
    assert listed(world).status == 200


def test_who_calls_now_and_then_costs_nothing(world: World, writes: list[str]) -> None:
    for _ in range(3):
        for _ in range(FREE):
            assert listed(world).status == 200
        world.system.seconds += SPAN
    assert writes == []


def test_a_flood_costs_a_write_for_each_lease(world: World, writes: list[str]) -> None:
    for _ in range(FREE + 5 * LEASE):
        assert listed(world).status == 200
    assert len(writes) == 5 + 1  # a new bucket takes two


def test_two_processes_share_a_budget(world: World) -> None:
    world.has_merchant(calls_per_second=4.0)
    first = flood(world)
    metering.forget()
    assert first == FREE + 40
    assert flood(world) == FREE


def test_a_table_that_does_not_answer_stops_nobody(world: World) -> None:
    world.has_merchant(calls_per_second=2.0)
    with failing(FailingWrites(Why.LIMIT)):
        for _ in range(FREE + 100):
            assert listed(world).status == 200


def test_an_operator_gives_a_merchant_more(world: World) -> None:
    event = {"action": "update_merchant", "merchant_id": "mer_1"}
    assert invoke("admin", event | {"calls_per_second": 250.5})["calls_per_second"] == 250.5
    for wrong in (0, -1, "9", True, 1e9):
        assert "error" in invoke("admin", event | {"calls_per_second": wrong})
    assert invoke("admin", event | {"calls_per_second": None})["calls_per_second"] is None


# Strangers.


@pytest.mark.parametrize("name", ["describe_api", "return_shopper", "issue_token"])
def test_an_address_that_calls_too_often_is_refused(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("ADDRESS_CALLS_PER_SECOND", "2")
    world.paid()

    def call(address: str) -> int:
        event = world.event(name, headers={"Authorization": None})
        event["requestContext"]["identity"] = {"sourceIp": address}
        answer = invoke(name, event)
        assert (answer["statusCode"] == 429) is ("Retry-After" in answer["headers"])
        return int(answer["statusCode"])

    statuses = [call("192.0.2.1") for _ in range(FREE + 21)]
    assert 429 not in statuses[: FREE + 20 if name != "issue_token" else 10]
    assert statuses[-1] == 429
    assert call("192.0.2.2") != 429
    assert "192.0.2" not in str(world.everything("GuardsTable"))


# Guesses.


def asked(world: World, secret: str, address: str = "192.0.2.1", client_id: str = "cli_9") -> Answer:
    event = world.event("issue_token", urlencode({"client_id": client_id, "client_secret": secret}))
    del event["headers"]["Authorization"]
    event["headers"]["Content-Type"] = FORM
    event["requestContext"]["identity"] = {"sourceIp": address}
    answer = invoke("issue_token", event)
    return Answer(answer["statusCode"], {k.lower(): v for k, v in answer["headers"].items()}, answer["body"])


@pytest.fixture
def digests(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was hashed."""
    world.has(Client("cli_9", "mer_1", (HASHED,), SCOPES))
    made: list[str] = []
    digest = client_secrets._digest

    def counted(secret: str, salt: bytes) -> bytes:
        made.append(secret)
        return digest(secret, salt)

    monkeypatch.setattr(client_secrets, "_digest", counted)
    return made


def test_a_guess_is_counted_before_it_is_hashed(world: World, digests: list[str]) -> None:
    for _ in range(30):
        asked(world, "wrong")
    assert len(digests) == 10
    assert not [item for item in world.everything("MerchantsTable") if "GUESSES" in item["pk"]["S"]]


def test_right_secrets_are_not_counted(world: World, digests: list[str]) -> None:
    for _ in range(15):
        assert asked(world, SECRET).status == 200
    for _ in range(9):
        assert asked(world, "wrong").status == 401
    assert asked(world, SECRET).status == 200


def test_who_came_from_an_address_before_is_not_locked_out_by_a_neighbour(world: World, digests: list[str]) -> None:
    assert asked(world, SECRET).status == 200
    for _ in range(20):
        asked(world, "wrong")
    assert asked(world, "wrong").status == 429
    assert asked(world, SECRET).status == 200
    assert SECRET not in str(world.everything("GuardsTable"))


def test_a_secret_that_has_ended_is_counted_like_any_other(world: World, digests: list[str]) -> None:
    assert asked(world, SECRET).status == 200
    world.has(Client("cli_9", "mer_1", (client_secrets.hash_secret("newer"),), SCOPES))
    digests.clear()
    statuses = [asked(world, SECRET).status for _ in range(30)]
    assert statuses == [401] * 11 + [429] * 19
    assert len(digests) == 11


def test_what_is_known_of_one_client_is_nothing_of_another(world: World, digests: list[str]) -> None:
    assert asked(world, SECRET).status == 200
    statuses = [asked(world, SECRET, client_id="cli_8").status for _ in range(11)]
    assert statuses == [401] * 10 + [429]


# PSPs.


def test_a_psp_is_asked_for_strangers_every_few_seconds_at_most(world: World) -> None:
    world.created()
    world.started(OperationStatus.PENDING)
    world.psp.calls.clear()
    for _ in range(20):
        assert world.call("return_shopper", token=None).status in (200, 303)
    asked_of = [call for call in world.psp.calls if call[0] == "ask"]
    assert world.system.time - NOON <= timedelta(seconds=20 * 3)
    assert len(asked_of) <= (world.system.time - NOON).total_seconds() / 3 + 1
    assert world.system.guards.first_in(f"ASKED#{PAYMENT_ID}", 3, world.system.time) is False


def test_of_two_that_return_at_once_both_hear_what_the_psp_says(world: World) -> None:
    """The second waits for what the first has asked."""
    world.created(return_urls={"success": "https://shop.example.com/ok"})
    world.started(OperationStatus.PENDING)
    assert world.system.guards.first_in(f"ASKED#{PAYMENT_ID}", 3, world.system.time)
    world.psp.calls.clear()
    answer = world.call("return_shopper", token=None)
    assert answer.headers["location"].startswith("https://shop.example.com/ok")
    assert [call[0] for call in world.psp.calls].count("ask") == 1
    assert world.system.time == NOON + timedelta(seconds=3)


def test_a_merchants_own_question_is_asked_whenever_it_likes(world: World) -> None:
    world.created()
    world.started(OperationStatus.PENDING)
    world.psp.calls.clear()
    for _ in range(3):
        assert world.call("sync_payment").status == 200
    assert len([call for call in world.psp.calls if call[0] == "ask"]) == 3


def test_an_address_is_stored_as_a_hash() -> None:
    assert address_name("192.0.2.1") != address_name("192.0.2.2")
    assert "192" not in address_name("192.0.2.1")

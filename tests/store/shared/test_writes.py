"""What DynamoDB may answer to a write, at every method of the store that writes (ONE-1, GO-4).

A lost race, a transaction that is under way, too much at once, and what can never be stored are different things.
"""

from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.functions.failing_writes import TRANSACTION, FailingWrites, Why, failing
from tests.functions.world import World
from tests.store.shared.finding_writes import called_directly, found
from tests.store.shared.writing_methods import CASES
from tillgate.runtime import backoff
from tillgate.store.shared.conditions import TRIES, succeeds, write
from tillgate.store.shared.failures import Contended, NotStorable, Reason, Throttled, is_throttling, reason_of
from tillgate.store.shared.transactions import Cancelled, transact

WRITES_TWICE = {  # parts first, in threads; deliveries first; a budget that is not new; a guess that is taken back
    "Splits.create": 2,
    "Outbox.announced": 2,
    "Guards.take": 2,
    "Guards.was_right": 2,
}


def test_every_method_that_writes_has_a_case() -> None:
    assert found() == set(CASES)
    assert len(CASES) > 40


def test_nothing_is_written_past_the_one_place() -> None:
    assert called_directly() == []


@pytest.mark.parametrize("name", CASES)
def test_a_write_that_met_a_transaction_is_made_again(world: World, name: str) -> None:
    call = CASES[name](world)
    world.pauses.clear()
    with failing(FailingWrites(Why.CONFLICT, times=1)) as writes:
        call()
    assert writes.tried == 1 + WRITES_TWICE.get(name, 1)
    assert len(world.pauses) == 1
    assert 0 <= world.pauses[0] <= backoff.SHORTEST


@pytest.mark.parametrize("name", CASES)
def test_one_that_always_meets_others_is_contended_and_changes_nothing(world: World, name: str) -> None:
    call = CASES[name](world)
    before = world.everything(), world.everything("ShoppersTable"), world.everything("MerchantsTable")
    world.pauses.clear()
    with failing(FailingWrites(Why.CONFLICT)) as writes, pytest.raises(Contended):
        call()
    assert (writes.tried, len(world.pauses)) == (TRIES, TRIES - 1)
    assert (world.everything(), world.everything("ShoppersTable"), world.everything("MerchantsTable")) == before


@pytest.mark.parametrize("why", [Why.THROTTLED, Why.LIMIT])
@pytest.mark.parametrize("name", CASES)
def test_what_is_throttled_backs_off_and_is_no_race(world: World, name: str, why: Why) -> None:
    """A single write was tried again by botocore; a cancelled transaction is not."""
    call = CASES[name](world)
    world.pauses.clear()
    with failing(FailingWrites(why)) as writes, pytest.raises(Throttled):
        call()
    tries = TRIES if TRANSACTION in writes.operations else 1
    assert (writes.tried, len(world.pauses)) == (tries, tries - 1)


@pytest.mark.parametrize("name", CASES)
def test_what_is_too_large_is_never_tried_again(world: World, name: str) -> None:
    call = CASES[name](world)
    world.pauses.clear()
    with failing(FailingWrites(Why.TOO_LARGE)) as writes, pytest.raises(NotStorable):
        call()
    assert (writes.tried, world.pauses) == (1, [])


@pytest.mark.parametrize("name", CASES)
def test_another_error_stays_what_it_is(world: World, name: str) -> None:
    call = CASES[name](world)
    world.pauses.clear()
    with failing(FailingWrites(Why.DENIED)) as writes, pytest.raises(ClientError, match="AccessDenied"):
        call()
    assert (writes.tried, world.pauses) == (1, [])


def error(*reasons: str, code: str = "TransactionCanceledException") -> ClientError:
    response: Any = {"Error": {"Code": code}}
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "TransactWriteItems")


RETRIED = ("TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError")
CODES = st.sampled_from(
    ("None", *RETRIED, "ConditionalCheckFailed", "ValidationError", "ItemCollectionSizeLimitExceeded", "Unheard")
)


@given(st.lists(CODES, min_size=1, max_size=100))
def test_of_several_reasons_the_one_that_cannot_pass_decides(codes: list[str]) -> None:
    reason = reason_of(error(*codes))
    alone = [reason_of(error(code)) for code in codes]
    assert reason == max(alone)
    passes = reason in (Reason.NONE, Reason.CONFLICT, Reason.THROTTLED)
    assert passes == (not set(codes) - {"None", *RETRIED})
    if "ConditionalCheckFailed" in codes and reason is Reason.CONDITION:
        cancelled = Cancelled(error(*codes))
        assert [cancelled.failed(n) for n in range(len(codes))] == [code == "ConditionalCheckFailed" for code in codes]


def test_a_cancelled_transaction_without_reasons_is_nobodys_lost_race() -> None:
    class Silent:
        def transact_write_items(self, **_: Any) -> None:
            raise error()

    with pytest.raises(ClientError):
        transact(Silent(), [])


@pytest.mark.parametrize("code", ["ConditionalCheckFailed", "ValidationError"])
def test_what_cannot_pass_is_not_tried_again_beside_a_conflict(world: World, code: str) -> None:
    class Meeting:
        calls = 0

        def transact_write_items(self, **_: Any) -> None:
            self.calls += 1
            raise error("TransactionConflict", code, "ThrottlingError")

    client = Meeting()
    with pytest.raises(Cancelled if code == "ConditionalCheckFailed" else NotStorable):
        transact(client, [])
    assert (client.calls, world.pauses) == (1, [])


def test_a_condition_that_failed_is_an_answer() -> None:
    def put() -> None:
        raise error(code="ConditionalCheckFailedException")

    assert succeeds(put) is False
    with pytest.raises(ClientError):
        write(put)


def test_a_read_that_is_throttled_is_told_too() -> None:
    assert is_throttling(error(code="ThrottlingException"))
    assert is_throttling(Throttled())
    assert not is_throttling(error(code="AccessDeniedException"))
    assert not is_throttling(ValueError())


def test_pauses_are_random_and_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(backoff, "sleep", slept.append)
    monkeypatch.setattr("random.uniform", lambda least, most: most)
    assert list(backoff.tries(9)) == list(range(9))
    assert slept[:3] == [backoff.SHORTEST, backoff.SHORTEST * 2, backoff.SHORTEST * 4]
    assert all(before <= after <= backoff.LONGEST for before, after in pairwise(slept))
    monkeypatch.undo()
    monkeypatch.setattr(backoff, "sleep", slept.append)
    slept.clear()
    for _ in range(20):
        assert list(backoff.tries(2)) == [0, 1]
    assert len(set(slept)) > 10  # whoever met once does not meet again

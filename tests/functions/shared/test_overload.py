"""A lost race, a write that meets others, and a database that takes no more: three things to who calls (RG-3, GO-4)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.failing_writes import SINGLE, TRANSACTION, FailingWrites, Why, failing
from tests.functions.scripted_psp import KeepingPsp, heard
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tests.store.shared.writing_methods import pay
from tillgate.connectors.v1 import Case, Fact, Op
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.domain.shoppers.saved_instruments import InstrumentStatus
from tillgate.store.shared.conditions import TRIES
from tillgate.store.shared.failures import Contended, Throttled
from tillgate.store.shoppers.saved_instruments import Gone
from tillgate.use_cases.marketplace.vendor_sums import take_over_sums
from tillgate.use_cases.shared.changes import execute_requests, learn_facts
from tillgate.use_cases.shoppers.erase import go_on
from tillgate.use_cases.shoppers.saved_instruments import settle_instruments

S = OperationStatus
CALLS: dict[str, Any] = {
    "update_order": {"amount": 6000},
    "start_payment": {"method": "card", "instrument": {"token": "tok_visa"}},
    "withdraw_order": None,
    "create_order": {"order_reference": "A-2", "amount": 1, "currency": "EUR"},
    "create_shopper": {"name": "Ada"},
}


@pytest.mark.parametrize("why", [Why.THROTTLED, Why.LIMIT])
@pytest.mark.parametrize("name", CALLS)
def test_a_throttled_call_is_told_to_come_back_and_has_changed_nothing(world: World, name: str, why: Why) -> None:
    world.created()
    stored = world.everything()
    with failing(FailingWrites(why)) as writes:
        answer = world.call(name, CALLS[name], key="k1")
    assert answer.refusal == (503, "service_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    tries = 1 if name == "start_payment" else TRIES  # its attempt is counted first, by a single write: botocore's tries
    assert (writes.tried, world.everything(), world.psp.calls) == (tries, stored, [])
    assert world.call(name, CALLS[name], key="k1").status in (200, 201)  # the key was not used up


def test_a_throttled_read_is_told_the_same(world: World) -> None:
    world.created()
    with failing(FailingWrites(Why.THROTTLED, only=("GetItem",))):
        assert world.call("get_order").refusal == (503, "service_unavailable")


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_meets_another_is_made_all_the_same(world: World, name: str) -> None:
    world.created()
    with failing(FailingWrites(Why.CONFLICT, times=1)):
        assert world.call(name, CALLS[name]).status in (200, 201)
    assert len(world.pauses) == 1


def test_a_call_that_keeps_meeting_others_is_told_to_try_again(world: World) -> None:
    world.created()
    with failing(FailingWrites(Why.CONFLICT)):
        answer = world.call("update_order", {"amount": 6000})
    assert (answer.refusal, answer.headers["retry-after"]) == ((409, "concurrent_request"), "1")
    assert world.order().amount == 4999


@pytest.mark.parametrize("why", [Why.THROTTLED, Why.CONFLICT])
def test_a_queue_gives_a_notification_again_that_could_not_be_saved(world: World, why: Why) -> None:
    world.created()
    world.started(S.PENDING)
    event = sample("apply_psp_notification")
    with failing(FailingWrites(why)):
        failed = invoke("apply_psp_notification", event)["batchItemFailures"]
    assert [each["itemIdentifier"] for each in failed] == [event["Records"][0]["messageId"]]
    assert world.order().payments[0].status == "PROCESSING"
    assert invoke("apply_psp_notification", event) == {"batchItemFailures": []}
    assert world.order().payments[0].status == "AUTHORIZED"


def test_an_outcome_that_met_others_is_saved_at_another_try(world: World) -> None:
    """The PSP has said it: it is decided anew before it is left to the sweep."""
    world.created()
    world.started(S.PENDING)
    with failing(FailingWrites(Why.CONFLICT, times=TRIES)):
        learn_facts(world.system, world.order(), heard(PAYMENT_ID, f"{PAYMENT_ID}_1"), cause="answer")
    assert world.order().payments[0].status == "AUTHORIZED"


# A saved instrument (RG-5): only who was deleted is told of as deleted.


@pytest.fixture
def psp(world: World) -> KeepingPsp:
    world.psp = world.system.connectors["sandbox"] = KeepingPsp()
    assert isinstance(world.psp, KeepingPsp)
    return world.psp


@pytest.fixture
def shopper(world: World) -> str:
    return str(world.call("create_shopper").json["shopper_key"])


def pending(world: World, psp: KeepingPsp, shopper: str) -> str:
    psp.is_silent = True
    body = {"shopper_key": shopper, "method": "card", "instrument": {"token": "tok_visa"}}
    token = str(world.call("save_instrument", body).json["token"])
    psp.is_silent = False
    world.passes(timedelta(minutes=1))
    return token


@pytest.mark.parametrize("why", [Why.CONFLICT, Why.LIMIT])
def test_an_instrument_whose_write_met_another_is_not_taken_for_deleted(
    world: World, psp: KeepingPsp, shopper: str, why: Why
) -> None:
    token = pending(world, psp, shopper)
    with failing(FailingWrites(why, only=(TRANSACTION,))):
        assert settle_instruments(world.system, 10) == 1
    assert "delete" not in [what for what, _ in psp.calls_about]
    assert token in psp.kept
    world.passes(timedelta(days=1))
    settle_instruments(world.system, 10)
    found = world.system.instruments.find("mer_1", token)
    assert found is not None
    assert found.status is InstrumentStatus.ACTIVE


def test_a_registration_that_meets_others_is_no_404(
    world: World, psp: KeepingPsp, shopper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The PSP has stored it; writing that down meets others at each try."""
    meeting = FailingWrites(Why.CONFLICT, only=())
    start = psp.start

    def then_meets(case: Case, op: Op) -> list[Fact]:
        meeting.only = (TRANSACTION,)
        return start(case, op)

    monkeypatch.setattr(psp, "start", then_meets)
    body = {"shopper_key": shopper, "method": "card", "instrument": {"token": "tok_visa"}}
    with failing(meeting):
        assert world.call("save_instrument", body).refusal == (409, "concurrent_request")
    assert list(psp.kept) == [asked for what, asked in psp.calls_about if what == "store"]


def test_an_instrument_that_was_deleted_meanwhile_is_told_as_gone(world: World, psp: KeepingPsp, shopper: str) -> None:
    token = pending(world, psp, shopper)
    asked = world.system.instruments.find("mer_1", token)
    assert asked is not None
    world.system.instruments.remove(asked, world.system.now())
    with pytest.raises(Gone):
        world.system.instruments.activate(asked)


def test_a_deletion_that_meets_others_is_told_to_try_again(world: World, psp: KeepingPsp, shopper: str) -> None:
    token = pending(world, psp, shopper)
    settle_instruments(world.system, 10)
    with failing(FailingWrites(Why.CONFLICT)):
        answer = world.call("delete_instrument", path={"token": token})
    assert answer.refusal == (409, "concurrent_request")
    assert world.system.instruments.find("mer_1", token) is not None
    assert token in psp.kept


def test_an_erasure_that_meets_others_goes_on_later(world: World, psp: KeepingPsp, shopper: str) -> None:
    token = pending(world, psp, shopper)
    with failing(FailingWrites(Why.CONFLICT, only=(TRANSACTION,))):
        world.call("erase_shopper", path={"shopper_key": shopper})
    begun = world.system.erasures.load("mer_1", shopper)
    assert begun is not None
    assert begun.done_at is None
    assert world.system.instruments.find("mer_1", token) is not None
    assert go_on(world.system, begun, 1.0)
    assert world.system.instruments.find("mer_1", token) is None


# Sums over vendors (TH-10): what they promise is sent, whatever becomes of the index.


def test_what_new_sums_promise_is_sent_though_the_index_cannot_be_tidied(world: World) -> None:
    _ending_that_waits_for_vendors(world)
    calls = len(world.psp.calls)
    with failing(FailingWrites(Why.CONFLICT, only=SINGLE)), pytest.raises(Contended):
        take_over_sums(world.system, ORDER_KEY, cause="vendors")
    assert [(what, amount) for what, _, amount in world.psp.calls[calls:]] == [("cancel", 10)]
    assert world.order().status == "CANCELLED"
    assert _sums_wait(world)  # so the sweep comes here again
    take_over_sums(world.system, ORDER_KEY, cause="sweep")
    assert (_sums_wait(world), len(world.psp.calls)) == (False, calls + 1)


def _sums_wait(world: World) -> bool:
    return any("due_at" in item for item in world.system.vendor_payments.sum_items(ORDER_KEY))


def _ending_that_waits_for_vendors(world: World) -> None:
    """One vendor's cancel succeeds, another's part turns out to have failed: what was kept for that one goes back."""
    world.psp.can(marketplace="carve")
    world.created(multi_vendor=True)
    world.started()
    one, other = (world.system.vendor_payments.create(world.order(), pay(world.order(), each)) for each in ("1", "2"))
    _hears(world, one, 1, S.SUCCEEDED)
    _hears(world, other, 1, S.PENDING)
    take_over_sums(world.system, ORDER_KEY, cause="vendors")
    world.psp.says(S.SUCCEEDED, S.PENDING)
    assert world.call("cancel_order").status == 202
    _hears(world, one, 2, S.SUCCEEDED)
    _hears(world, other, 1, S.FAILED)
    assert world.order().ending is not None
    assert _sums_wait(world)


def _hears(world: World, part: Order, number: int, status: OperationStatus) -> None:
    found = world.system.orders.load(part.order_key)
    assert found is not None
    payment_id = found.payments[0].payment_id
    told = heard(payment_id, f"{payment_id}_{number}", status)
    execute_requests(world.system, learn_facts(world.system, found, told, cause="notification"))


def test_a_consumer_of_a_queue_sees_an_exception(world: World) -> None:
    world.created()
    with failing(FailingWrites(Why.LIMIT)), pytest.raises(Throttled):
        world.system.orders.save(world.order(), [], Actor.SYSTEM, "test")

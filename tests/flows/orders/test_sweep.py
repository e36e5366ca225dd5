"""The sweep over the due index (TH-9, GO-4): what nothing else has done. Called by the schedule, and here by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.flows.books import Books
from tests.flows.client import JSON, Merchant, authorized_order, eventually, sums
from tests.flows.inside import Inside, due_in, rfc3339
from tests.flows.psp_pages import Psp
from tillgate.domain.orders.deadlines import windows
from tillgate.store.shared.due_index import DueIndex, shards_to_read
from tillgate.use_cases.orders import create_order

pytestmark = pytest.mark.flow


def sweep(inside: Inside) -> JSON:
    """Invokes the deployed function as the schedule does."""
    answer = inside.aws("lambda").invoke(FunctionName=inside.resources["SweepDueFunction"], Payload=b"{}")
    assert "FunctionError" not in answer
    done: JSON = json.loads(answer["Payload"].read())
    return done


def swept(inside: Inside, merchant: Merchant, order: JSON, status: str) -> JSON:
    """The order once sweeps have brought it there; each takes a batch a shard."""

    def reached() -> JSON | None:
        sweep(inside)
        now = merchant.read(order)
        pending = any(payment["pending"] for payment in now["payments"])
        return now if now["status"] == status and not pending else None

    found = eventually(reached)
    assert found is not None
    return found


def test_a_window_that_was_never_started_is_found(
    merchant: Merchant, inside: Inside, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its execution died, as in a restart of the local cloud: two minutes later the sweep ends the order."""
    past = inside.back(timedelta(minutes=123))
    order_key = create_order.new_order_key()
    monkeypatch.setattr(create_order, "new_order_key", lambda: order_key)
    expires_at = past.now() + timedelta(minutes=120)
    dead = f"{order_key}-{expires_at:%Y%m%dT%H%M%S}"
    states, machine = inside.aws("stepfunctions"), inside.resources["PaymentWindow"]
    for second in (0, 1):  # the order is made within the next second
        name = f"{order_key}-{expires_at + timedelta(seconds=second):%Y%m%dT%H%M%S}"
        later = json.dumps({"order_key": order_key, "due_at": rfc3339(datetime.now(UTC) + timedelta(days=9))})
        execution = states.start_execution(stateMachineArn=machine, name=name, input=later)
        states.stop_execution(executionArn=execution["executionArn"])

    order = past.create()
    stored = inside.stored(order)
    assert set(windows(stored)) <= {dead, name}
    assert swept(inside, merchant, order, "EXPIRED")["amounts"]["open"] == 0
    causes = [change.cause for change in inside.orders.history(order_key)]
    assert causes == ["api", "sweep"]
    books.agree(order)


def test_an_authorization_ends_after_seven_days(merchant: Merchant, inside: Inside, psp: Psp, books: Books) -> None:
    """TH-9: what is still held is cancelled at the PSP too."""
    order = merchant.order()
    payment = inside.back(timedelta(days=7, seconds=1)).start(order)
    assert payment["status"] == "AUTHORIZED"
    ended = swept(inside, merchant, order, "EXPIRED")
    after = ended["payments"][0]
    assert (after["status"], after["final"], sums(after)) == ("EXPIRED", True, (4999, 0, 4999, 0))
    assert "considered_safe" not in ended
    assert psp.payment(payment["payment_id"])["amounts"]["cancelled"] == 4999
    eventually(lambda: merchant.told(order))
    books.agree(order)


def test_a_hold_that_the_psp_let_run_out_unheard_has_expired(
    merchant: Merchant, inside: Inside, psp: Psp, books: Books
) -> None:
    """The PSP refuses our cancel, as nothing is held there any more: that is no work for anybody (TH-9, GO-13)."""
    order = merchant.order()
    payment = inside.back(due_in(3, timedelta(days=7)), deaf=True).start(order)
    psp.backoffice(payment, "expire_rest").expect(202)
    after = swept(inside, merchant, order, "EXPIRED")["payments"][0]
    assert (after["status"], sums(after)) == ("EXPIRED", (4999, 0, 4999, 0))
    cancels = [(each["status"], each["origin"]) for each in after["operations"] if each["type"] == "cancel"]
    assert cancels == [("FAILED", "system"), ("SUCCEEDED", "psp")]
    books.agree(order)


def test_what_was_captured_before_stays_captured(merchant: Merchant, inside: Inside, books: Books) -> None:
    order = merchant.order()
    payment = inside.back(timedelta(days=6, hours=23, minutes=59, seconds=57)).start(order)
    merchant.done(payment, "capture", amount=2000)
    after = swept(inside, merchant, order, "PAID")["payments"][0]
    assert (after["status"], sums(after)) == ("CAPTURED", (4999, 2000, 2999, 0))
    books.agree(order)


def test_an_authorization_younger_than_six_days_is_left_alone(merchant: Merchant, inside: Inside) -> None:
    order = merchant.order()
    inside.back(timedelta(days=5, hours=23)).start(order)
    before = merchant.read(order)
    sweep(inside)
    assert merchant.read(order) == before


def test_the_merchant_is_told_a_day_before_an_authorization_ends(merchant: Merchant, inside: Inside) -> None:
    """TH-9: once, by a notification like any other; nothing else changes."""
    order = merchant.order()
    payment = inside.back(timedelta(days=6, hours=1)).start(order)
    before, told = merchant.payment(payment), len(merchant.told(order))
    eventually(lambda: order["order_key"] in due(inside))  # the index is late
    for _ in range(2):
        sweep(inside)
    events = [entry["type"] for entry in merchant.history(order)]
    assert events.count("hold_ends_soon") == 1
    assert merchant.payment(payment) == before
    assert eventually(lambda: len(merchant.told(order)) > told)


@pytest.mark.parametrize(
    ("instrument", "order_status", "status", "reason"),
    [("tok_visa", "AUTHORIZED", "AUTHORIZED", None), ("tok_error", "UNPAID", "FAILED", "PSP_ERROR")],
)
def test_an_unknown_outcome_is_asked_for_when_its_check_is_due(
    instrument: str,
    order_status: str,
    status: str,
    reason: str | None,
    merchant: Merchant,
    inside: Inside,
    books: Books,
) -> None:
    """GO-4: a minute after the request."""
    order = merchant.order()
    started = inside.back(timedelta(minutes=2), unlucky=True).start(order, instrument)
    assert started["status"] == "PROCESSING"
    after = swept(inside, merchant, order, order_status)["payments"][0]
    assert (after["status"], after["reason_code"], after["pending"]) == (status, reason, False)
    books.agree(order)


def test_an_outcome_that_is_not_due_yet_is_not_asked_for(merchant: Merchant, inside: Inside) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_error")
    before = merchant.read(order)
    sweep(inside)
    assert merchant.read(order) == before
    assert merchant.done(payment, "sync")["status"] == "FAILED"


def test_the_sweep_leaves_a_finished_order_alone(merchant: Merchant, inside: Inside) -> None:
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture")
    before = merchant.read(order)
    assert isinstance(sweep(inside)["orders"], int)
    assert merchant.read(order) == before


def due(inside: Inside) -> set[str]:
    """The orders that the index shows as due."""
    index = DueIndex(inside.aws("dynamodb"), inside.resources["OrdersTable"])
    return {each.pk for shard in shards_to_read() for each in index.find(shard, inside.now(), 100)}


def test_many_at_once_are_seen_to_through_a_queue(merchant: Merchant, inside: Inside, books: Books) -> None:
    orders = [merchant.order() for _ in range(8)]
    for order in orders:
        inside.back(timedelta(minutes=2), unlucky=True).start(order, "tok_visa")
    eventually(lambda: {order["order_key"] for order in orders} <= due(inside))  # the index is late
    assert sweep(inside)["queued"] >= 8
    for order in orders:
        swept(inside, merchant, order, "AUTHORIZED")
        books.agree(order)

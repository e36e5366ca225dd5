"""The orders table: one transaction a change, and who is told what when two meet (GO-1, IS-12)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.functions.world import NOON, ORDER_KEY, World
from tillgate.domain.orders.ending import withdraw_order
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order, OrderStatus, Terms
from tillgate.domain.orders.order_events import MetadataChanged, OrderCreated
from tillgate.domain.orders.requests import close, request
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.store.orders.orders import Orders
from tillgate.store.orders.saving import DuplicateReference
from tillgate.store.shared.due_index import DueIndex, shards_to_read
from tillgate.store.shared.failures import Contended
from tillgate.store.shared.idempotency import Key, KeyTaken, Record, fingerprint
from tillgate.store.shared.transactions import LostRace

KEY = Key("mer_1", "k1", "f", NOON)


def created(order_key: str = ORDER_KEY, reference: str = "A-1", merchant_id: str = "mer_1") -> OrderCreated:
    return OrderCreated(
        order_key=order_key,
        merchant_id=merchant_id,
        order_reference=reference,
        amount=4999,
        currency="EUR",
        capture=Capture.MANUAL,
        expires_at=NOON + timedelta(minutes=120),
        terms=Terms(),
        at=NOON,
    )


def noted(number: int) -> list[Event]:
    return [MetadataChanged(metadata={"n": number}, at=NOON)]


def answer(order: Order) -> tuple[int, str]:
    return 200, f'"version {order.version}"'


@pytest.fixture
def orders(world: World) -> Orders:
    return world.system.orders


def save(orders: Orders, order: Order, number: int = 1, record: Record | None = None) -> Order:
    return orders.save(order, noted(number), Actor.MERCHANT, "api", record)


def test_of_two_that_read_the_same_version_one_wins(orders: Orders) -> None:
    read = orders.create(created())
    assert save(orders, read, 1).version == 2
    with pytest.raises(LostRace):
        save(orders, read, 2)
    stored = orders.load(ORDER_KEY)
    assert stored is not None
    assert (stored.version, stored.terms.metadata) == (2, {"n": 1})
    assert [change.version for change in orders.history(ORDER_KEY)] == [1, 2]


def test_a_change_to_an_order_that_is_not_there_is_a_lost_race(orders: Orders) -> None:
    order = orders.create(created())
    with pytest.raises(LostRace):
        save(orders, order.__class__(**{name: getattr(order, name) for name in order.__slots__} | {"order_key": "x"}))
    assert orders.load("x") is None


def test_a_used_reference_and_a_used_key_are_told_apart(orders: Orders) -> None:
    record = Record(KEY, begins=True, answer=answer)
    orders.create(created(), record)
    with pytest.raises(DuplicateReference):
        orders.create(created("ord_2"))
    with pytest.raises(DuplicateReference):
        orders.create(created("ord_2"), Record(Key("mer_1", "k2", "f", NOON), begins=True, answer=answer))
    with pytest.raises(KeyTaken) as taken:
        orders.create(created("ord_2"), record)
    kept = taken.value.kept
    assert (kept.key, kept.fingerprint, kept.answer) == (ORDER_KEY, "f", None)
    answered = orders.as_answered(ORDER_KEY, KEY.mark)
    assert answered is not None
    assert answer(answered) == (200, '"version 1"')
    assert orders.load("ord_2") is None


def test_a_change_and_its_key_stand_or_fall_together(orders: Orders) -> None:
    order = orders.create(created(), Record(KEY, begins=True))
    with pytest.raises(KeyTaken) as taken:
        save(orders, order, record=Record(KEY, begins=True))
    assert taken.value.kept.answer is None  # the first call has not ended
    assert [change.version for change in orders.history(ORDER_KEY)] == [1]


def test_a_call_takes_its_key_first_and_keeps_its_answer_last(world: World, orders: Orders) -> None:
    order = orders.create(created())
    order = save(orders, order, 1, Record(KEY, begins=True, subject="pay_1"))
    kept = world.system.keys.load(KEY)
    assert kept is not None
    assert (kept.subject, kept.answer, kept.began_at) == ("pay_1", None, NOON)
    assert orders.as_answered(ORDER_KEY, KEY.mark) is None
    order = save(orders, order, 2, Record(KEY, begins=False, subject="pay_1", answer=answer))
    save(orders, order, 3)  # of another call
    answered = orders.as_answered(ORDER_KEY, KEY.mark)
    assert answered is not None
    assert answer(answered) == (200, '"version 3"')


def test_a_key_is_forgotten_after_31_days(world: World, orders: Orders) -> None:
    orders.create(created(), Record(KEY, begins=True))
    assert world.system.keys.load(Key("mer_1", "k1", "f", NOON + timedelta(days=31))) is not None
    assert world.system.keys.load(Key("mer_1", "k1", "f", NOON + timedelta(days=31, seconds=1))) is None


def test_bodies_that_mean_the_same_have_one_fingerprint() -> None:
    one = fingerprint("POST", "/orders", {"a": 1, "b": {"c": 2, "d": 3}})
    assert one == fingerprint("POST", "/orders", {"b": {"d": 3, "c": 2}, "a": 1})
    assert one != fingerprint("PATCH", "/orders", {"a": 1, "b": {"c": 2, "d": 3}})
    assert one != fingerprint("POST", "/orders/x", {"a": 1, "b": {"c": 2, "d": 3}})
    assert one != fingerprint("POST", "/orders", {"a": "1", "b": {"c": 2, "d": 3}})


class Refusing:
    """DynamoDB that cancels every transaction for these reasons."""

    def __init__(self, *codes: str) -> None:
        self.codes = codes

    def transact_write_items(self, **_: Any) -> Any:
        reasons = [{"Code": code} for code in self.codes]
        error: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise ClientError(error, "TransactWriteItems")


def test_a_condition_that_failed_is_a_lost_race_whoever_else_was_met(world: World) -> None:
    """DynamoDB tells a reason for each action: one condition that does not hold decides."""
    meeting = Orders(Refusing("ConditionalCheckFailed", "TransactionConflict", "None"), "OrdersTable")
    with pytest.raises(LostRace):
        meeting.create(created(), Record(KEY, begins=True))
    with pytest.raises(LostRace):
        save(Orders(Refusing("ConditionalCheckFailed", "None"), "OrdersTable"), Order(**_fields()))


def test_two_transactions_that_keep_meeting_are_no_lost_race(world: World) -> None:
    """Nothing that was read has changed; it is tried again as it is, a few times (see `test_writes`)."""
    meeting = Orders(Refusing("None", "TransactionConflict", "None"), "OrdersTable")
    with pytest.raises(Contended):
        meeting.create(created(), Record(KEY, begins=True))
    with pytest.raises(Contended):
        save(Orders(Refusing("TransactionConflict", "None"), "OrdersTable"), Order(**_fields()))


def _fields() -> dict[str, Any]:
    event = created()
    names = ("order_key", "merchant_id", "order_reference", "amount", "currency", "capture", "expires_at")
    return {name: getattr(event, name) for name in names} | {"created_at": NOON, "updated_at": NOON}


def test_an_error_of_dynamodb_is_not_taken_for_a_race(orders: Orders) -> None:
    class Broken:
        def transact_write_items(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "TransactWriteItems")

    order = orders.create(created())
    with pytest.raises(ClientError):
        save(Orders(Broken(), "OrdersTable"), order)


def test_history_holds_all_events_in_their_order(orders: Orders) -> None:
    order = orders.create(created())
    for number in range(12):
        order = save(orders, order, number)
    changes = list(orders.history(ORDER_KEY))
    assert [change.version for change in changes] == list(range(1, 14))
    assert [change.events for change in changes[1:]] == [noted(number) for number in range(12)]
    assert (changes[0].actor, changes[0].cause, changes[0].at) == (Actor.MERCHANT, "api", NOON)


def test_the_due_index_holds_what_time_demands_something_of(orders: Orders) -> None:
    """TH-3, TH-9: behind its window by two minutes, as the window's own execution comes first."""
    index = DueIndex(orders.dynamodb, orders.table)
    keys = [f"ord_{number}" for number in range(20)]
    for number, key in enumerate(keys):
        orders.create(created(key, f"A-{number}"))

    def due(now: datetime, limit: int = 100) -> list[str]:
        return sorted(each.pk for shard in shards_to_read() for each in index.find(shard, now, limit))

    end = NOON + timedelta(minutes=122)
    assert due(end - timedelta(seconds=1)) == []
    assert due(end) == sorted(keys)
    assert len(due(end, limit=1)) <= len(shards_to_read())
    order = orders.load("ord_1")
    assert order is not None
    orders.save(order, withdraw_order(order, now=NOON), Actor.MERCHANT, "api")
    assert "ord_1" not in due(end)


def test_what_is_announced_is_what_one_sees_from_outside(world: World, orders: Orders) -> None:
    """CM-6: the stream's function looks at this number alone."""

    def announced() -> int:
        return int((world.item(ORDER_KEY, "ORDER") or {})["announced"]["N"])

    order = orders.create(created())
    assert announced() == 0
    order = save(orders, order)  # metadata: the merchant's own
    assert announced() == 0
    order = orders.save(order, withdraw_order(order, now=NOON), Actor.MERCHANT, "api")
    assert (order.status, announced()) == (OrderStatus.WITHDRAWN, 3)


def test_orders_are_loaded_in_the_order_of_their_keys(orders: Orders) -> None:
    for number in range(3):
        orders.create(created(f"ord_{number}", f"A-{number}"))
    found = orders.load_many(["ord_2", "ord_9", "ord_0"])
    assert [order.order_key for order in found] == ["ord_2", "ord_0"]
    assert orders.load_many([]) == []


def test_an_order_is_found_by_its_reference(orders: Orders) -> None:
    orders.create(created())
    found = orders.by_reference("mer_1", "A-1")
    assert found is not None
    assert found.order_key == ORDER_KEY
    assert orders.by_reference("mer_2", "A-1") is None
    assert found.created_at == datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("amount", [0, -1])
@pytest.mark.parametrize("operation", [OperationType.CAPTURE, OperationType.CANCEL, OperationType.REFUND])
def test_a_request_of_nothing_or_less_is_never_recorded(world: World, operation: OperationType, amount: int) -> None:
    """Whoever asks for it: it could move nothing, or the wrong way, so no PSP may hear of it."""
    world.paid()
    order, before = world.order(), world.everything()
    asked = request(order.payments[0], operation, amount, Actor.SYSTEM, NOON)
    with pytest.raises(ValueError, match=f"asks for {amount}"):
        world.system.orders.save(order, [asked], Actor.SYSTEM, "test")
    assert world.everything() == before


def test_a_close_has_no_amount_and_is_recorded(world: World) -> None:
    world.created()
    world.started(OperationStatus.AWAITING_SHOPPER)
    order = world.order()
    closing = close(order.payments[0], PaymentStatus.WITHDRAWN, Actor.MERCHANT, NOON)
    after = world.system.orders.save(order, [closing], Actor.MERCHANT, "test")
    assert after.payments[0].operations[-1].type is OperationType.CLOSE

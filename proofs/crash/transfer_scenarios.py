"""Crash scenarios for money on our own account, while it is reported or while its time runs out (EV-13, IS-18)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from proofs.crash.scenarios import AMOUNT, Scenario
from proofs.crash.world import World
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationType

TERM = timedelta(days=14)


def awaited(world: World) -> str:
    """An order whose bank transfer is awaited."""
    order = {"order_reference": "A-1", "amount": AMOUNT, "currency": "EUR"}
    status, made = world.api("create_order", order)
    assert status == 201, made
    status, payment = world.api("start_payment", {"method": "bank_transfer"}, order_key=made["order_key"])
    assert status == 201, payment
    return str(made["order_key"])


def booked(booking_id: str, amount: int) -> Callable[[World, str], tuple[int, Any]]:
    """An operator reports a booking; 0 if the process died. MATCHED and KNOWN are equivalent here."""

    def act(world: World, key: str) -> tuple[int, Any]:
        told = world.function("admin", report(world, key, booking_id, amount))
        if told is None:
            return 0, None
        assert "error" not in told, told
        return 200, told["booking_id"]

    return act


def report(world: World, key: str, booking_id: str, amount: int) -> dict[str, Any]:
    instructions = world.order(key).payments[0].instructions
    assert instructions is not None
    booking = {"booking_id": booking_id, "reference": instructions.reference, "amount": amount, "currency": "EUR"}
    return {"action": "report_money", "by": "ada", **booking}


def _part_has_come(world: World) -> str:
    key = awaited(world)
    booked("b1", 2000)(world, key)
    world.pass_time(TERM)
    return key


def received(order: Order) -> int:
    return sum(payment.received for payment in order.payments)


def _stands(status: str, came: int, over: int) -> Callable[[World, str], bool]:
    """All received money is recorded, and any excess is on the work list."""

    def lasting(world: World, key: str) -> bool:
        order = world.order(key)
        surplus = sum(payment.reserved(OperationType.REFUND) for payment in order.payments if payment.surplus)
        return (order.status, received(order), surplus, bool(troubles(order))) == (status, came, over, over > 0)

    return lasting


def _goes_back(world: World, key: str) -> bool:
    """The refund, and with it the order, waits for an operator's transfer."""
    order = world.order(key)
    payment = order.payments[0]
    is_waiting = order.ending is not None and payment.operations[-1].waits_for_person
    return is_waiting and payment.reserved(OperationType.REFUND) == payment.received == 2000


def _cancelled(world: World) -> str:
    key = awaited(world)
    booked("b1", AMOUNT)(world, key)
    status, _ = world.api("cancel_order", {}, order_key=key)
    assert status == 202
    return key


def _transferred(world: World, key: str) -> tuple[int, Any]:
    """An operator confirms the transfer; 0 if the process died. A repetition is refused and changes nothing."""
    payment_id = world.order(key).payments[0].payment_id
    marked = {"action": "mark_transferred", "operation_id": f"{payment_id}_2", "by": "ada", "reason": "done"}
    told = world.function("admin", marked)
    return (0, None) if told is None else (200, None)


def _has_ended(world: World, key: str) -> bool:
    order = world.order(key)
    return (order.status, order.payments[0].refunded, troubles(order)) == ("CANCELLED", AMOUNT, [])


TRANSFER_SCENARIOS = (
    Scenario("report_money: enough", awaited, booked("b1", AMOUNT), _stands("PAID", AMOUNT, 0)),
    Scenario("report_money: too much", awaited, booked("b1", 6000), _stands("PAID", 6000, 6000 - AMOUNT)),
    Scenario(
        "by itself: the rest never comes",
        _part_has_come,
        lambda world, _: world.settle(),
        _goes_back,
        settles=True,
    ),
    Scenario("mark_transferred: the order ends with it", _cancelled, _transferred, _has_ended),
)

"""IS-12: however the outcome of an operation reaches us, the order ends the same; also early, unknown or late.

callback only                  the notification never comes
callback before notification   the answer (or the shopper's return) first
notification before callback   the notification is applied before the answer is seen
notification only              the answer is lost (or the shopper never returns)
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import urllib3

from proofs.crash.checks import flaws
from proofs.crash.cloud import Answer
from proofs.crash.scenarios import AMOUNT, approved, on_payment, paid, return_shopper
from proofs.crash.world import World, new_world
from tillgate.domain.payments.operations import OperationStatus
from tillgate.store.psp.parked_notifications import KEPT

WAYS = ("callback only", "callback before notification", "notification before callback", "notification only")
Table = dict[str, tuple[Callable[[World], str], Callable[[World, str], Any], tuple[int, int, int, int]]]
OPERATIONS: Table = {
    "authorize": (approved, return_shopper, (AMOUNT, 0, 0, 0)),
    "capture": (paid(), on_payment("capture_payment", {}), (AMOUNT, AMOUNT, 0, 0)),
    "cancel": (paid(), on_payment("cancel_payment", {"amount": 999}), (AMOUNT, 0, 999, 0)),
    "refund": (paid(capture="auto"), on_payment("refund_payment", {"amount": 10}), (AMOUNT, AMOUNT, 0, 10)),
}
SOON = timedelta(seconds=30)  # before the repair asks the PSP


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_way_an_outcome_comes(operation: str, way: str) -> None:
    prepare, act, sums = OPERATIONS[operation]
    with new_world() as world:
        key = prepare(world)
        with _order_of_words(world, way):
            if operation != "authorize" or "callback" in way:
                act(world, key)
        if way == "callback only":
            world.cloud.queues["psp-out"] = []
        world.settle(SOON)
        payment = world.order(key).payments[0]
        assert (payment.authorized, payment.captured, payment.cancelled, payment.refunded) == sums
        assert payment.operations[-1].status is OperationStatus.SUCCEEDED
        version = world.order(key).version
        for operation_again in range(2):  # copies
            world.psp_says_again(payment.payment_id)
            world.settle(SOON)
            assert world.order(key).version == version, operation_again
        world.settle()
        assert flaws(world) == []


@contextmanager
def _order_of_words(world: World, way: str) -> Iterator[None]:
    """The network between us and the PSP, which delivers answers and notifications in that order."""
    real = world.http

    def http(method: str, url: str, **asked: Any) -> Answer:
        answer = real(method, url, **asked)
        if "psp.test" in url and way == "notification before callback":
            world.deliver_from_psp()
        if "psp.test" in url and way == "notification only":
            raise urllib3.exceptions.ProtocolError("connection broken")
        return answer

    with patch.object(world, "http", http):
        yield


def test_a_notification_before_our_row_is_parked_and_takes_effect() -> None:
    with new_world() as world:
        key = approved(world)
        row = world.cloud.tables.items["orders"].pop((key, "ORDER"))
        world.deliver_from_psp()
        assert len(world.parked()) == 1
        assert world.cloud.queues["psp-in"] == [], "it has not failed"
        world.cloud.tables.items["orders"][key, "ORDER"] = row
        world.settle(SOON)
        assert world.order(key).status == "AUTHORIZED"
        assert world.parked() == []


@pytest.mark.parametrize("payment_id", ["pay_00000000000000000000000000_1", "of-somebody-else", "x" * 128])
def test_what_is_never_known_is_tried_for_thirty_days_and_waits_for_a_person(payment_id: str) -> None:
    with new_world() as world:
        key = approved(world)
        message = world.cloud.queues["psp-out"].pop()
        told = json.loads(message.body)
        told["event"]["payment"]["reference"] = payment_id
        world.cloud.queues["psp-out"].append(type(message)(message.id, json.dumps(told), message.visible_at))
        world.settle(timedelta(days=29))
        assert [parked.tries for parked in world.parked()] == [5 + 29], "1, 5, 15 minutes, 1 hour, 6 hours, then daily"
        world.settle(timedelta(days=2))
        (waits,) = world.parked()
        assert world.now - world.started_at > KEPT
        world.settle(timedelta(days=9))
        assert world.parked() == [waits], "it is tried no more"
        assert world.order(key).payments[0].authorized == AMOUNT, "found out by asking"


def test_late_words_change_nothing() -> None:
    """A notification of an earlier state arrives last: it is accepted and has no effect."""
    with new_world() as world:
        key = approved(world)
        late = [message.body for message in world.cloud.queues["psp-out"]]
        world.settle(SOON)
        assert on_payment("capture_payment", {})(world, key)[0] == 200
        world.settle(SOON)
        before = world.order(key)
        for body in late:
            world.cloud.send_message("psp-out", body)
        world.settle(SOON)
        assert world.order(key) == before
        assert flaws(world) == []


def test_poison_ends_in_the_dead_letter_queue_and_holds_up_nobody() -> None:
    with new_world() as world:
        key = approved(world)
        world.cloud.send_message("psp-in", json.dumps({"connector": "sandbox", "merchant_id": None, "body": "{}"}))
        world.settle(timedelta(minutes=30))
        assert world.order(key).status == "AUTHORIZED"
        assert [message.receives for message in world.cloud.dead["psp-in"]] == [10]
        assert world.cloud.queues["psp-in"] == []

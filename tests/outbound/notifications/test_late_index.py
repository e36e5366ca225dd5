"""Index `due` is a moment behind what a round has just written: nothing is posted twice for that (GO-2)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.outbound.notifications.conftest import NOON, ORDER, SHOP, Network, announce, promise
from tillgate.domain.notifications.delivery import DeliveryStatus
from tillgate.use_cases.notifications.deliver import work_through


@pytest.fixture
def late(network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    """A receiver that something waits for; the index shows it as it was found first, whatever is written."""
    network.answers[SHOP] = 503
    announce(network, promise(network))
    network.system.time += timedelta(minutes=1)
    deliveries = network.system.deliveries
    found = deliveries._query_due(f"ENDPOINT#{promise(network).endpoint_id}", "~", 25)
    assert len(found) == 1
    monkeypatch.setattr(deliveries, "_query_due", lambda *_: found)
    return network


def work(network: Network) -> DeliveryStatus | None:
    return work_through(network.system, network.post, promise(network).endpoint_id, lambda _: ORDER)


def test_what_was_delivered_in_this_round_is_not_posted_again(late: Network) -> None:
    late.answers[SHOP] = 200
    assert work(late) is DeliveryStatus.DELIVERED
    assert late.times(SHOP) == [NOON, NOON + timedelta(minutes=1)]


def test_what_failed_just_now_is_not_due_before_its_time(late: Network) -> None:
    assert work(late) is DeliveryStatus.PENDING
    tries = len(late.times(SHOP))
    late.system.time += timedelta(seconds=1)
    late.system.receivers.wake(promise(late).endpoint_id, late.system.now())
    work(late)
    assert len(late.times(SHOP)) == tries


def test_what_the_index_shows_is_read_again_as_it_stands(late: Network) -> None:
    asked: list[Any] = []
    events = late.system.deliveries._dynamodb.meta.events
    events.register("before-parameter-build.dynamodb.BatchGetItem", lambda params, **_: asked.append(params))
    work(late)
    assert asked
    assert all(each["RequestItems"]["orders"]["ConsistentRead"] is True for each in asked)

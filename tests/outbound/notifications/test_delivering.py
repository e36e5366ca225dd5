"""How a notification comes to its receiver, whatever the receiver does (RG-12, GO-2)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.outbound.notifications.conftest import NOON, ORDER, OTHER, SECRET, SHOP, Network, announce, promise
from tillgate.domain.notifications.delivery import Delivery, DeliveryStatus, Kind
from tillgate.outbound.notifications import signing
from tillgate.store.shared.work_items import key_of
from tillgate.use_cases.notifications.deliver import deliver_again

OLD_SECRET = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY="


def deliver(network: Network, url: str = SHOP, *, version: int = 2, kind: Kind = Kind.EVENT) -> str:
    made = promise(network, url, version=version, kind=kind)
    announce(network, made)
    return made.notification_id


def state(network: Network, notification_id: str) -> Delivery:
    found = network.system.deliveries.load(notification_id)
    assert found is not None
    return found


def test_an_event_is_posted_signed_and_logged(network: Network) -> None:
    notification_id = deliver(network)
    ((at, method, url, headers, body),) = network.came
    assert (at, method, url, headers["webhook-id"]) == (NOON, "POST", SHOP, notification_id)
    event = json.loads(body)
    assert (event["type"], event["timestamp"]) == ("order.updated", "2030-01-01T12:00:00.000Z")
    assert (event["data"]["order_key"], event["data"]["version"]) == (ORDER.order_key, 2)
    delivery = state(network, notification_id)
    assert delivery.status is DeliveryStatus.DELIVERED
    assert [attempt.status for attempt in delivery.attempts] == [200]


def test_the_standard_librarys_receiver_verifies_it() -> None:
    body = b'{"type":"order.updated"}'
    headers = signing.headers([SECRET, OLD_SECRET], "ntf_1", body, datetime.now(UTC))
    for secret in (SECRET, OLD_SECRET):  # while it is rotated, either does
        assert Webhook(secret).verify(body.decode(), headers) == {"type": "order.updated"}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.decode() + " ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "MDAw" * 11).verify(body.decode(), headers)


def test_the_update_url_is_called_with_the_reference_alone(network: Network) -> None:
    url = "https://shop.example.com/update?shop=1"
    deliver(network, url, kind=Kind.UPDATE)
    ((_, method, called, headers, body),) = network.came
    assert (method, called, headers, body) == ("GET", url + "&id=A-1", {}, b"")


@pytest.mark.parametrize("answer", [199, 301, 302, 307, 400, 404, 429, 500, 503, "time-out", "forbidden address"])
def test_whatever_is_not_2xx_is_tried_again(network: Network, answer: int | str) -> None:
    network.answers[SHOP] = answer
    notification_id = deliver(network)
    assert state(network, notification_id).status is DeliveryStatus.PENDING
    network.answers[SHOP] = 204
    network.passes(timedelta(minutes=2))
    assert state(network, notification_id).status is DeliveryStatus.DELIVERED
    assert len(network.came) == 2


def test_it_is_tried_for_72_hours_in_growing_gaps_and_then_is_dead(network: Network) -> None:
    network.answers[SHOP] = 503
    notification_id = deliver(network)
    network.passes(timedelta(hours=1))
    network.passes(timedelta(hours=70), step=timedelta(minutes=15))
    assert state(network, notification_id).status is DeliveryStatus.PENDING
    assert network.system.work.page(10) == ([], None)
    network.passes(timedelta(hours=2), step=timedelta(minutes=1))
    dead = state(network, notification_id)
    assert dead.status is DeliveryStatus.DEAD
    assert [key_of(each) for each in network.system.work.page(10)[0]] == [f"ENDPOINT#{dead.endpoint_id}"]
    assert dead.next_attempt_at is None
    times = network.times(SHOP)
    assert 12 <= len(times) <= 24
    assert times[-1] - NOON >= timedelta(hours=72)
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    assert gaps[0] <= 60
    assert max(gaps) <= 8 * 3600 * 1.2 + 900
    assert all(later >= 0.6 * earlier for earlier, later in pairwise(gaps[3:-1]))
    network.passes(timedelta(hours=20), step=timedelta(minutes=30))
    assert len(network.times(SHOP)) == len(times)


def test_410_stops_the_receiver_until_it_is_named_again(network: Network) -> None:
    network.answers[SHOP] = 410
    first = deliver(network)
    network.answers[SHOP] = 200
    second = deliver(network, version=3)
    network.passes(timedelta(hours=1))
    assert len(network.came) == 1
    assert {state(network, each).status for each in (first, second)} == {DeliveryStatus.STOPPED}
    named_again = replace(promise(network, version=4), named_at=network.system.now())
    announce(network, named_again)
    assert state(network, named_again.notification_id).status is DeliveryStatus.DELIVERED


def test_a_resent_one_is_delivered_and_the_receiver_is_well_again(network: Network) -> None:
    network.answers[SHOP] = 410
    notification_id = deliver(network)
    network.answers[SHOP] = 200
    after = deliver_again(network.system, network.post, state(network, notification_id), ORDER)
    assert after.status is DeliveryStatus.DELIVERED
    deliver(network, version=3)
    assert len(network.came) == 3


def test_a_dead_receiver_rests_and_holds_up_nobody_else(network: Network) -> None:
    network.answers[SHOP] = "time-out"
    for version in range(100):
        deliver(network, version=version)
    assert len(network.times(SHOP)) == 3  # then it rests: what is new waits with the rest
    network.answers[OTHER] = 503
    other = deliver(network, OTHER)
    network.answers[OTHER] = 200
    network.passes(timedelta(minutes=1))
    assert state(network, other).status is DeliveryStatus.DELIVERED
    network.passes(timedelta(hours=1))
    assert len(network.times(SHOP)) < 20  # one try at a time finds out whether it is well again
    network.answers[SHOP] = 200
    network.passes(timedelta(minutes=40))
    waiting = network.system.deliveries.of_order(ORDER.order_key)
    assert {delivery.status for delivery in waiting} == {DeliveryStatus.DELIVERED}


def test_the_same_change_twice_is_one_promise(network: Network) -> None:
    assert deliver(network) == deliver(network)
    assert len(list(network.system.deliveries.of_order(ORDER.order_key))) == 1
    assert {headers["webhook-id"] for _, _, _, headers, _ in network.came} == {promise(network).notification_id}


def test_the_log_lists_a_merchants_newest_first_in_pages(network: Network) -> None:
    for version in range(5):
        deliver(network, version=version)
        network.system.time += timedelta(seconds=1)
    seen: list[int] = []
    position: str | None = None
    while True:
        page, position = network.system.deliveries.list_page("mer_1", 2, position)
        seen += [delivery.version for delivery in page]
        if position is None:
            break
    assert seen == [4, 3, 2, 1, 0]
    assert network.system.deliveries.list_page("mer_2", 10, None) == ([], None)

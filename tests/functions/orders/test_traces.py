"""One trace: from the API over the table's stream and the queue to the PSP and the merchant's server (ONE-13)."""

from __future__ import annotations

import pytest

from tests.functions.aws import make_queue
from tests.functions.notifications.test_notify_merchant import SHOP, Shop, shop
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke
from tests.runtime.test_tracing import HEADER, OTHER, Daemon, daemon
from tillgate.outbound.notifications import sending
from tillgate.runtime.aws import client
from tillgate.runtime.batches import each_message

__all__ = ["daemon", "shop"]  # fixtures
TRACE_ID = "1-67891233-abcdef012345678912345678"


def record(world: World) -> dict[str, object]:
    item = world.item(ORDER_KEY, "ORDER")
    assert item
    keys = {"pk": item["pk"], "sk": item["sk"]}
    return {"dynamodb": {"Keys": keys, "NewImage": item, "OldImage": {}, "SequenceNumber": "1"}}


def test_one_trace_from_the_api_to_psp_and_merchant(
    world: World, shop: Shop, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = make_queue(monkeypatch, "MERCHANT_NOTIFICATIONS_QUEUE_URL")
    make_queue(monkeypatch, "WINDOWS_QUEUE_URL")
    world.paid()  # in a call that is traced
    (asked,) = [each for each in daemon.documents() if each["name"] == "sandbox"]
    assert asked["annotations"] == {
        "connector": "sandbox",
        "operation": "AUTHORIZE",
        "payment_id": PAYMENT_ID,
        "outcome": "SUCCEEDED",
    }
    item = world.item(ORDER_KEY, "ORDER")
    assert item
    assert item["trace"] == {"S": HEADER}

    monkeypatch.setenv("_X_AMZN_TRACE_ID", OTHER)  # the stream's reader has a trace of its own
    assert invoke("forward_changes", {"Records": [record(world)]}) == {"batchItemFailures": []}
    (forwarded,) = [each for each in daemon.documents() if each["annotations"].get("order_key")]
    assert forwarded["annotations"]["order_key"] == ORDER_KEY
    received = client("sqs").receive_message(QueueUrl=queue, AttributeNames=["All"])["Messages"][0]
    assert received["Attributes"]["AWSTraceHeader"].startswith(f"Root={TRACE_ID};Parent={forwarded['id']};")

    def deliver(_: object) -> None:
        with pytest.raises(sending.NotTaken):
            sending.send("POST", "https://shop.invalid/update", {}, b"{}", resolver=lambda *_: ["8.8.8.8"])

    monkeypatch.setattr(sending, "_answered", _no_answer)
    message = {"messageId": "1", "body": received["Body"], "attributes": received["Attributes"]}
    each_message({"Records": [message]}, deliver)
    sent, taken = daemon.documents()
    assert (sent["name"], sent["fault"], sent["parent_id"]) == ("merchant", True, taken["id"])
    assert {each["trace_id"] for each in (asked, forwarded, sent, taken)} == {TRACE_ID}
    assert taken["parent_id"] == forwarded["id"]
    assert SHOP not in str([sent, taken])  # a URL may hold a secret: the host alone is told


def _no_answer(*_: object) -> int:
    raise sending.NotTaken("no answer")


def test_a_change_that_is_not_traced_leaves_no_trace_in_the_table(world: World) -> None:
    world.paid()
    item = world.item(ORDER_KEY, "ORDER")
    assert item
    assert "trace" not in item


def test_the_trace_of_one_change_is_not_that_of_the_next(
    world: World, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.paid()
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER.replace("Sampled=1", "Sampled=0"))
    assert world.call("capture_payment", {}).status == 200
    item = world.item(ORDER_KEY, "ORDER")
    assert item
    assert "trace" not in item

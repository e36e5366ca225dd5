"""The queue's consumer against a real HTTP server on loopback."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import urllib3

from functions.sandbox_psp.sandbox import delivery, storage
from functions.sandbox_psp.sandbox.consumer import handler
from functions.sandbox_psp.sandbox.signing import verify
from tests.sandbox_psp.support import CREDENTIALS, amounts, call, operate, start

Sent = list[dict[str, Any]]


class Listener(ThreadingHTTPServer):
    """Keeps what was posted to it; answers `statuses` one after the other, then 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/psp/sandbox/notifications"

    @property
    def events(self) -> list[Any]:
        return [json.loads(body) for _, body in self.taken]


class _Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Listener)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.send_header("Location", self.server.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def consume(*messages: dict[str, Any], delivery: int = 3) -> list[str]:
    """Hands messages to the consumer; answers the ids of those that are to come again."""
    attributes = {"ApproximateReceiveCount": str(delivery)}
    records = [
        {"messageId": f"m{n}", "body": json.dumps(message), "attributes": attributes}
        for n, message in enumerate(messages)
    ]
    return [failure["itemIdentifier"] for failure in handler({"Records": records}, None)["batchItemFailures"]]


def test_notification_is_posted_and_signed(listener: Listener, sent: Sent) -> None:
    start(notification_url=listener.url)
    payment = operate("captures", 1000, "op_2").json
    assert consume(*sent) == []
    headers, body = listener.taken[0]
    verify(CREDENTIALS, headers, "POST", "notification", body, time.time())
    event = json.loads(body)
    assert event["payment"] == payment
    assert event["event_id"].startswith("evt_")
    assert event["created_at"].endswith("Z")
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [301, 400, 410, 500, 503])
def test_what_is_not_taken_comes_again(status: int, listener: Listener, sent: Sent) -> None:
    start(notification_url=listener.url)
    operate("captures", 1000, "op_2")
    listener.statuses = [status]
    assert consume(*sent) == ["m0"]
    assert consume(*sent) == []
    assert listener.events[0] == listener.events[1]


def test_only_the_failed_of_a_batch_come_again(listener: Listener, sent: Sent) -> None:
    start(notification_url=listener.url)
    call("POST", "/payments/pay_1/notifications", {"copies": 3})
    sent[1]["url"] = "http://127.0.0.1:1/nobody-listens"
    assert consume(*sent, {"kind": "unheard of"}) == ["m1", "m3"]
    assert len(listener.taken) == 2


def test_silent_listener_is_given_up(monkeypatch: pytest.MonkeyPatch, sent: Sent) -> None:
    pool = urllib3.PoolManager(timeout=0.1, retries=False)
    monkeypatch.setattr(delivery, "_pool", lambda: pool)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start(notification_url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        operate("captures", 1000, "op_2")
        assert consume(*sent) == ["m0"]


def test_pending_is_authorized_after_two_seconds(listener: Listener, sent: Sent) -> None:
    assert start(token="tok_pending", notification_url=listener.url).json["status"] == "pending"
    assert [(message["kind"], message["delay"]) for message in sent] == [("mature", 2)]
    assert consume(*sent) == []
    payment = call("GET", "/payments/pay_1").json
    assert (payment["status"], payment["operations"][0]["status"]) == ("authorized", "succeeded")
    assert [event["payment"] for event in listener.events] == [payment]


def test_pending_with_capture_is_captured(listener: Listener, sent: Sent) -> None:
    start(token="tok_pending", capture=True, notification_url=listener.url)
    consume(*sent)
    assert amounts(call("GET", "/payments/pay_1").json) == (4999, 4999, 0, 0)


def test_late_failure_takes_everything_back_after_four_seconds(listener: Listener, sent: Sent) -> None:
    start(token="tok_late_failure", notification_url=listener.url)
    operate("captures", 1000, "op_2")
    assert sent[0]["delay"] == 4
    assert consume(sent[0]) == []
    (event,) = listener.events
    payment = call("GET", "/payments/pay_1").json
    assert event["payment"] == {"id": payment["id"], "reference": "pay_1"}, "it is about no request of ours"
    assert (event["type"], event["reason"]) == ("payment.reversed", "rejected_by_bank")
    first = payment["operations"][0]
    assert (payment["status"], first["status"], first["reason"]) == ("failed", "reversed", "rejected_by_bank")
    assert amounts(payment) == (0, 0, 0, 0)
    assert operate("refunds", 1, "op_3").json["operations"][2]["reason"] == "amount_exceeds_available"


def test_a_late_failure_of_a_capture_is_told_with_the_whole_payment(listener: Listener, sent: Sent) -> None:
    """Its operation has a key: unlike a whole reversal by a bank it is about a request of the caller's."""
    start(token="tok_capture_fails_late", notification_url=listener.url)
    operate("captures", 1000, "op_2")
    (message,) = [each for each in sent if each["kind"] == "follow"]
    listener.statuses = [500]
    assert consume(message) == ["m0"]
    assert consume(message) == []
    payment = call("GET", "/payments/pay_1").json
    assert [event["payment"] for event in listener.events] == [payment, payment]
    assert [event["type"] for event in listener.events] == ["payment.updated"] * 2
    assert payment["operations"][1]["status"] == "reversed"


def test_a_dispute_is_opened_and_lost_by_itself(listener: Listener, sent: Sent) -> None:
    start(token="tok_dispute_lost", capture=True, notification_url=listener.url)
    for _ in range(2):
        assert consume(sent[-1]) == []
    statuses = [event["payment"]["disputes"][0]["status"] for event in listener.events]
    assert statuses == ["needs_response", "lost"]


def test_what_follows_nothing_is_dropped(listener: Listener) -> None:
    message = {"kind": "follow", "reference": "pay_none", "do": "dispute", "of": "op_none"}
    assert consume(message) == []
    start(token="tok_dispute", notification_url=listener.url)
    assert consume(message | {"reference": "pay_1"}) == []
    assert listener.taken == []


def test_change_is_made_once_though_its_notification_is_tried_again(listener: Listener, sent: Sent) -> None:
    start(token="tok_pending", notification_url=listener.url)
    listener.statuses = [500]
    assert consume(*sent) == ["m0"]
    assert consume(*sent) == []
    assert [event["payment"]["revision"] for event in listener.events] == [2, 2]


def test_change_without_anybody_to_notify(sent: Sent) -> None:
    start(token="tok_pending", notification_url=None)
    assert consume(*sent) == []
    assert call("GET", "/payments/pay_1").json["status"] == "authorized"


def test_change_of_what_was_never_stored_is_dropped(listener: Listener, sent: Sent) -> None:
    assert consume({"kind": "mature", "reference": "pay_none"}) == []
    call("POST", "/payments/pay_tomb/close")
    assert consume({"kind": "mature", "reference": "pay_tomb"}) == []
    assert listener.taken == []


@pytest.mark.parametrize("kind", ["mature", "follow", "mature_payout"])
def test_change_that_comes_before_what_it_changes_is_written_comes_again(kind: str, listener: Listener) -> None:
    """A write may take longer than a bank: the message was queued before it."""
    message = {"kind": kind, "reference": "pay_1", "do": "dispute", "of": "op_none"}
    assert [consume(message, delivery=number) for number in (1, 2, 3)] == [["m0"], ["m0"], []]
    assert listener.taken == []


def test_change_is_made_when_it_comes_again() -> None:
    message = {"kind": "mature", "reference": "pay_1"}
    assert consume(message, delivery=1) == ["m0"]
    start(token="tok_pending", notification_url=None)
    assert consume(message, delivery=2) == []
    assert call("GET", "/payments/pay_1").json["status"] == "authorized"


def test_lost_table_is_reported(monkeypatch: pytest.MonkeyPatch, sent: Sent) -> None:
    start(token="tok_pending")

    def fail(reference: str) -> None:
        raise RuntimeError("no table")

    monkeypatch.setattr(storage, "find", fail)
    assert consume(*sent) == ["m0"]

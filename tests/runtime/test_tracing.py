"""Subsegments reach X-Ray's daemon, go on over queues, and cost nothing where nothing is traced (ONE-13)."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tillgate.runtime import tracing
from tillgate.runtime.aws import _traced
from tillgate.runtime.batches import each_message_at_once
from tillgate.runtime.tracing import header, message_attributes, subsegment, taken_up

ROOT = "Root=1-67891233-abcdef012345678912345678"
HEADER = f"{ROOT};Parent=463ac35c9f6413ad;Sampled=1"
OTHER = "Root=1-67891233-ffffffffffffffffffffffff;Parent=0000000000000001;Sampled=1"


class Daemon:
    """What X-Ray's daemon is given."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)

    def documents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            try:
                head, _, body = self.socket.recv(65_536).partition(b"\n")
            except TimeoutError:
                return found
            assert json.loads(head) == {"format": "json", "version": 1}
            found.append(json.loads(body))


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    made = Daemon()
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{made.socket.getsockname()[1]}")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "ForwardChanges")
    tracing._daemon.cache_clear()
    yield made
    tracing._daemon.cache_clear()
    made.socket.close()


def test_a_call_is_a_subsegment_with_its_outcome(daemon: Daemon) -> None:
    before = time.time()
    with subsegment("sandbox", "remote", connector="sandbox") as outer:
        outer.annotations["outcome"] = "SUCCEEDED"
        with subsegment("dynamodb", "aws"):
            pass
    inner, told = daemon.documents()
    assert told["annotations"] == {"connector": "sandbox", "outcome": "SUCCEEDED"}
    assert (told["type"], told["namespace"], told["fault"]) == ("subsegment", "remote", False)
    assert f"Root={told['trace_id']}" == ROOT
    assert (told["parent_id"], inner["parent_id"]) == ("463ac35c9f6413ad", told["id"])
    assert before <= told["start_time"] <= inner["start_time"] <= inner["end_time"] <= told["end_time"]


def test_an_exception_is_a_fault_and_goes_on(daemon: Daemon) -> None:
    with pytest.raises(KeyError), subsegment("sandbox"):
        raise KeyError
    (told,) = daemon.documents()
    assert told["fault"] is True
    assert header() == HEADER


def test_a_message_goes_on_in_the_trace_of_its_sender(daemon: Daemon) -> None:
    with taken_up(OTHER):
        attributes = message_attributes()["MessageSystemAttributes"]
        with subsegment("sandbox"):
            pass
    inner, segment = daemon.documents()
    assert segment["name"] == "ForwardChanges"
    assert "type" not in segment  # a segment of its own
    assert (segment["parent_id"], inner["parent_id"]) == ("0000000000000001", segment["id"])
    assert {segment["trace_id"], inner["trace_id"]} == {"1-67891233-ffffffffffffffffffffffff"}
    assert attributes["AWSTraceHeader"]["StringValue"] == (
        f"Root={segment['trace_id']};Parent={segment['id']};Sampled=1"
    )


def test_messages_at_once_keep_their_traces_apart(daemon: Daemon) -> None:
    seen: dict[str, str | None] = {}

    def take(message: dict[str, Any]) -> None:
        seen[message["id"]] = header()

    records = [
        {"messageId": "a", "body": '{"id": "a"}', "attributes": {"AWSTraceHeader": OTHER}},
        {"messageId": "b", "body": '{"id": "b"}', "attributes": {}},
    ]
    assert each_message_at_once({"Records": records}, take) == {"batchItemFailures": []}
    assert str(seen["a"]).startswith("Root=1-67891233-ffffffffffffffffffffffff;")
    assert seen["b"] == HEADER
    assert len(daemon.documents()) == 1


@pytest.mark.parametrize("told", ["Root=1-67891233-abcdef012345678912345678;Sampled=0", "", "nonsense"])
def test_what_is_not_sampled_is_not_sent(daemon: Daemon, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", told)
    with subsegment("sandbox"), taken_up(told):
        assert message_attributes() == {}
    assert daemon.documents() == []


def test_outside_lambda_nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_XRAY_DAEMON_ADDRESS", raising=False)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER)
    tracing._daemon.cache_clear()
    assert header() is None
    with subsegment("sandbox"), taken_up(HEADER):
        assert message_attributes() == {}


def test_a_daemon_that_takes_nothing_harms_nothing(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def sendto(self, *_: Any) -> None:
            raise BlockingIOError

    monkeypatch.setattr(tracing, "_socket", Broken)
    with subsegment("sandbox"):
        pass


def test_calls_of_aws_tell_the_table_and_no_key(daemon: Daemon) -> None:
    call = _traced("dynamodb", lambda operation, given: (operation, given))
    given = {"TableName": "orders", "Key": {"pk": {"S": "ord_secret"}}}
    assert call("GetItem", given) == ("GetItem", given)
    (told,) = daemon.documents()
    assert told["annotations"] == {"operation": "GetItem", "resource": "orders"}
    assert "ord_secret" not in json.dumps(told)


def test_threads_send_beside_each_other(daemon: Daemon) -> None:
    def call(_: int) -> None:
        with subsegment("sandbox"):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(20)))
    assert len({each["id"] for each in daemon.documents()}) == 20

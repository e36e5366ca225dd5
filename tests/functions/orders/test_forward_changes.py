"""The stream's function: windows are started, changes that one sees from outside are queued (CM-6, EV-6, TH-3)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.orders.forward_changes import app
from tests.functions.world import ORDER_KEY, invoke, sample
from tillgate import wiring
from tillgate.runtime import executions

INSERT, UNSEEN, SEEN = (record["dynamodb"] for record in sample("forward_changes")["Records"])
WINDOW = {
    "stateMachineArn": "arn:of-the-window",
    "name": f"{ORDER_KEY}-20300101T140000",
    "input": {"order_key": ORDER_KEY, "due_at": "2030-01-01T14:00:00Z"},
}
MESSAGE = {"order_key": ORDER_KEY, "version": 3}
CREATED = datetime(2030, 1, 1, 12, tzinfo=UTC)
LATE = CREATED + timedelta(minutes=110)  # the window ends within a delay: it is started at once


class Aws:
    """Step Functions and SQS: what was asked of them, and what they refuse. `now` is the system's clock."""

    def __init__(self) -> None:
        self.windows: list[Any] = []
        self.stopped: list[str] = []
        self.messages: list[Any] = []
        self.later: list[Any] = []
        self.refuses: dict[str, str] = {}
        self.now = LATE

    def start_execution(self, **call: Any) -> None:
        self._refuse("StartExecution")
        self.windows.append(call | {"input": json.loads(call["input"])})

    def stop_execution(self, **call: Any) -> None:
        self._refuse("StopExecution")
        self.stopped.append(call["executionArn"])

    def send_message(self, **call: Any) -> None:
        self._refuse("SendMessage")
        if call["QueueUrl"] == "https://windows":
            self.later.append((json.loads(call["MessageBody"]), call["DelaySeconds"]))
            return
        assert call["QueueUrl"] == "https://queue"
        self.messages.append(json.loads(call["MessageBody"]))

    def _refuse(self, operation: str) -> None:
        if operation in self.refuses:
            raise ClientError({"Error": {"Code": self.refuses[operation]}}, operation)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Aws:
    aws = Aws()
    monkeypatch.setattr(app, "client", lambda _: aws)
    monkeypatch.setattr(executions, "client", lambda _: aws)
    monkeypatch.setattr(wiring.System, "now", lambda _: aws.now)
    monkeypatch.setenv("WINDOWS_QUEUE_URL", "https://windows")
    monkeypatch.setenv("WINDOW_DELAY_SECONDS", "900")
    monkeypatch.setenv("WINDOW_STATE_MACHINE_ARN", WINDOW["stateMachineArn"])  # type: ignore[arg-type]
    monkeypatch.setenv("MERCHANT_NOTIFICATIONS_QUEUE_URL", "https://queue")
    return aws


def forward(*changes: dict[str, Any]) -> list[str]:
    """Numbers of the records that have to come again."""
    records = [{"dynamodb": change | {"SequenceNumber": str(n)}} for n, change in enumerate(changes, start=1)]
    answer = invoke("forward_changes", {"Records": records})
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_the_sample(services: Aws) -> None:
    """Created, a change nobody sees, a change one sees."""
    assert invoke("forward_changes", sample("forward_changes")) == {"batchItemFailures": []}
    assert services.windows == [WINDOW]
    assert [message | MESSAGE for message in services.messages] == services.messages
    assert len(services.messages) == 1


def test_a_creation_is_not_announced(services: Aws) -> None:
    assert forward(INSERT) == []
    assert (len(services.windows), services.messages) == (1, [])


def test_a_window_is_started_once(services: Aws) -> None:
    assert forward(UNSEEN, SEEN) == []
    assert services.windows == []


def test_a_window_that_was_started_before_is_no_failure(services: Aws) -> None:
    """A stream gives its records at least once; the execution's name is the window's."""
    services.refuses = {"StartExecution": "ExecutionAlreadyExists"}
    assert forward(INSERT) == []


@pytest.mark.parametrize(
    ("refuses", "failed"),
    [({"StartExecution": "ThrottlingException"}, ["1"]), ({"SendMessage": "ServiceUnavailable"}, ["3"])],
)
def test_what_fails_comes_again(services: Aws, refuses: dict[str, str], failed: list[str]) -> None:
    services.refuses = refuses
    assert forward(INSERT, UNSEEN, SEEN) == failed


@pytest.mark.parametrize("service", ["StartExecution", "SendMessage"])
def test_the_first_failure_of_a_shard_ends_the_batch(services: Aws, service: str) -> None:
    """Lambda gives all from there again: what had been forwarded behind it would be forwarded with every try."""
    services.refuses = {service: "ThrottlingException"}
    orders = [renamed(INSERT if service == "StartExecution" else SEEN, f"ord_{number:026d}") for number in range(40)]
    for _ in range(3):
        assert forward(*orders) == ["1"]
    services.refuses = {}
    assert forward(*orders) == []
    told = [each["name"][:30] for each in services.windows] or [each["order_key"] for each in services.messages]
    assert told == [f"ord_{number:026d}" for number in range(40)]


def renamed(change: dict[str, Any], order_key: str) -> dict[str, Any]:
    renamed: dict[str, Any] = json.loads(json.dumps(change).replace(ORDER_KEY, order_key))
    return renamed


def test_a_window_waits_until_its_instant_has_come(services: Aws) -> None:
    """A Wait cuts off what is less than a second: it would end before anything is due (TH-3)."""
    at = {f"{ORDER_KEY}-20300101T140000": {"S": "2030-01-01T14:00:00.000001Z"}}
    assert forward(INSERT | {"NewImage": INSERT["NewImage"] | {"windows": {"M": at}}}) == []
    assert services.windows[0]["input"]["due_at"] == "2030-01-01T14:00:01Z"


NAME = f"{ORDER_KEY}-20300101T140000"
PAYMENT = f"{ORDER_KEY}-payment-1"


def with_windows(change: dict[str, Any], new: dict[str, str], old: dict[str, str]) -> dict[str, Any]:
    """A change of windows: names and ends, hours and minutes of that day."""

    def item(image: dict[str, Any], windows: dict[str, str]) -> dict[str, Any]:
        at = {name: {"S": f"2030-01-01T{end}:00.000000Z"} for name, end in windows.items()}
        return image | {"windows": {"M": at}}

    return {"NewImage": item(change["NewImage"], new), "OldImage": item(change["OldImage"], old)}


def test_a_window_that_ends_later_is_asked_about_later(services: Aws) -> None:
    """Most orders are paid until then, and an execution is the dearest thing there is."""
    services.now = CREATED
    assert forward(INSERT) == []
    assert (services.windows, services.later) == ([], [({"order_key": ORDER_KEY}, 900)])


def test_the_message_about_the_order_asks_for_its_payment_too(services: Aws) -> None:
    services.now = CREATED + timedelta(minutes=5)
    assert forward(with_windows(UNSEEN, {NAME: "14:00", PAYMENT: "12:35"}, {NAME: "14:00"})) == []
    assert (services.windows, services.later) == ([], [])


@pytest.mark.parametrize(
    ("minutes", "order_ends"),
    [
        (14, "14:00"),  # that message may have come by now
        (5, "12:16"),  # there is none: the order's own window was started at once
    ],
)
def test_a_payment_that_no_message_is_to_ask_for_gets_its_own(services: Aws, minutes: int, order_ends: str) -> None:
    services.now = CREATED + timedelta(minutes=minutes)
    own = {NAME: order_ends}
    assert forward(with_windows(UNSEEN, own | {PAYMENT: "12:44"}, own)) == []
    assert (services.windows, services.later) == ([], [({"order_key": ORDER_KEY}, 900)])


def test_an_order_paid_before_it_was_asked_about_has_no_execution_to_stop(services: Aws) -> None:
    services.now = CREATED + timedelta(minutes=13)
    assert forward(with_windows(SEEN, {}, {NAME: "14:00"})) == []
    assert (services.stopped, len(services.messages)) == ([], 1)


def test_what_is_paid_later_stops_its_execution(services: Aws) -> None:
    services.now = CREATED + timedelta(minutes=16)
    assert forward(with_windows(SEEN, {}, {NAME: "14:00", PAYMENT: "12:35"})) == []
    assert sorted(each.rpartition(":")[2] for each in services.stopped) == sorted([NAME, PAYMENT])


def test_an_execution_whose_time_has_come_is_left_to_end_by_itself(services: Aws) -> None:
    """It is what has closed the window."""
    services.now = CREATED + timedelta(minutes=120, seconds=1)
    assert forward(with_windows(SEEN, {}, {NAME: "14:00"})) == []
    assert services.stopped == []


def test_an_execution_that_was_never_started_need_not_be_stopped(services: Aws) -> None:
    services.now = CREATED + timedelta(minutes=16)
    services.refuses = {"StopExecution": "ExecutionDoesNotExist"}
    assert forward(with_windows(SEEN, {}, {NAME: "14:00"})) == []
    services.refuses = {"StopExecution": "ThrottlingException"}
    assert forward(with_windows(SEEN, {}, {NAME: "14:00"})) == ["1"]


def test_other_items_and_deletions_are_passed_over(services: Aws) -> None:
    history = {"NewImage": {"pk": {"S": ORDER_KEY}, "sk": {"S": "CHANGE#000001"}}}
    assert forward(history, {"OldImage": SEEN["NewImage"]}) == []
    assert (services.windows, services.messages) == ([], [])

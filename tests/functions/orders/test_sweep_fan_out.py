"""Much is overdue at once, as while a PSP does not answer: the sweep fans out, and nothing is left behind (GO-4)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.orders.keep_due import app as keep_due
from functions.orders.sweep_due import app as sweep_due
from tests.functions.world import World, invoke, sample
from tillgate.runtime.aws import client
from tillgate.use_cases.orders.meet_deadlines import overdue

MANY = 40


@pytest.fixture
def queue(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """First in, first out, as the template has it."""
    url = str(client("sqs").create_queue(QueueName="due.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"])
    monkeypatch.setenv("DUE_QUEUE_URL", url)
    return url


@pytest.fixture
def many(world: World) -> World:
    """Orders whose windows nobody has closed."""
    for number in range(MANY):
        world.created(order_reference=f"A-{number}")
    world.passes(timedelta(minutes=122))
    return world


def queued(url: str) -> list[dict[str, Any]]:
    """Every message, taken out of the queue."""
    found: list[dict[str, Any]] = []
    while messages := client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
    return found


def kept(message: dict[str, Any]) -> None:
    event = sample("keep_due")
    event["Records"][0]["body"] = json.dumps(message)
    assert invoke("keep_due", event) == {"batchItemFailures": []}


def statuses(world: World) -> set[str]:
    return {str(world.order(f"ord_{number:026d}").status) for number in range(1, MANY + 1)}


def test_many_are_queued_and_each_is_seen_to(many: World, queue: str) -> None:
    answer = invoke("sweep_due", sample("sweep_due"))
    assert (answer["orders"], answer["queued"]) == (0, MANY)
    found = queued(queue)
    assert len({message["pk"] for message in found}) == len(found) == MANY
    for message in found:
        kept(message)
    assert statuses(many) == {"EXPIRED"}
    assert overdue(many.system, 250) == []


def test_what_waits_in_the_queue_is_not_queued_again(many: World, queue: str) -> None:
    for _ in range(3):
        invoke("sweep_due", sample("sweep_due"))
    assert len(queued(queue)) == MANY


def test_said_again_nothing_is_done_twice(many: World, queue: str) -> None:
    invoke("sweep_due", sample("sweep_due"))
    found = queued(queue)
    for message in found:
        kept(message)
    before = many.everything()
    for message in found:
        kept(message)
    assert many.everything() == before


def test_one_that_fails_is_put_off_and_its_message_done_with(
    many: World, queue: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes again by the index, not by the queue, which would give it up."""
    invoke("sweep_due", sample("sweep_due"))
    first = queued(queue)[0]

    def fail(_: str) -> Any:
        raise RuntimeError("cannot be read")

    monkeypatch.setattr(many.system.orders, "load", fail)
    kept(first)
    assert '"SweepFailed":[1.0]' in capsys.readouterr().out
    assert first["pk"] not in [each.pk for each in overdue(many.system, 250)]
    many.passes(timedelta(minutes=3))
    assert first["pk"] in [each.pk for each in overdue(many.system, 250)]


def test_a_few_cost_no_message(world: World, queue: str) -> None:
    for number in range(sweep_due.BY_ITSELF):
        world.created(order_reference=f"A-{number}")
    world.passes(timedelta(minutes=122))
    answer = invoke("sweep_due", sample("sweep_due"))
    assert (answer["orders"], answer["queued"], queued(queue)) == (sweep_due.BY_ITSELF, 0, [])


def test_a_psp_that_does_not_answer_leaves_the_function_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds for each: the rest comes a minute later, and what PSPs have said is tried all the same."""
    for number in range(sweep_due.BY_ITSELF):
        world.created(order_reference=f"A-{number}")
    world.passes(timedelta(minutes=122))
    begun: list[str] = []

    def slow(_: object, waiting: Any) -> bool:
        begun.append(waiting.pk)
        world.system.seconds += 10
        return True

    def parked(*_: object) -> int:
        begun.append("parked")
        return 0

    monkeypatch.setattr(sweep_due, "keep", slow)
    monkeypatch.setattr(sweep_due, "try_parked_again", parked)
    assert invoke("sweep_due", sample("sweep_due"))["orders"] == 2
    assert begun[-1] == "parked"
    assert world.system.seconds < 55


def test_a_queue_that_does_not_take_all_is_no_success(many: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Sqs:
        def send_message_batch(self, **_: Any) -> dict[str, Any]:
            return {"Failed": [{"Id": "0", "Code": "InternalError"}]}

    monkeypatch.setattr(sweep_due, "client", lambda _: Sqs())
    monkeypatch.setenv("DUE_QUEUE_URL", "https://queue")
    with pytest.raises(sweep_due.NotQueued):
        invoke("sweep_due", sample("sweep_due"))
    assert keep_due.handler({"Records": []}, None) == {"batchItemFailures": []}

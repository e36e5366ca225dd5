"""Today at the desk: CloudWatch's figures, what lies where, and dead letters sent back (ONE-9, ONE-13)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.functions.operators.console import READS, Widget
from tests.functions.psp.test_whose_news import says
from tests.functions.world import World, invoke
from tillgate.domain.payments.operations import OperationStatus
from tillgate.outbound.operators.figures import Figure, figures
from tillgate.runtime.aws import client
from tillgate.use_cases.operators.today import HOUR, WEEK

NOW = datetime.now(UTC).replace(second=0, microsecond=0)  # CloudWatch takes nothing from the future
STUCK_ID = "pay_00000000000000000000000009_1"


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A queue and that of its dead letters; and another without."""
    live, dead, lost = (client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("live", "dead", "lost"))
    monkeypatch.setenv("QUEUES", f"from PSPs={live}={dead},windows={live}=,lost changes=={lost}")
    return live, dead


@pytest.fixture(autouse=True)
def present(world: World) -> None:
    world.system.time = NOW


def put(name: str, values: list[float], back: timedelta = timedelta(0), **dimensions: str) -> None:
    of = [{"Name": key, "Value": value} for key, value in {"stage": "test", **dimensions}.items()]
    at = NOW - back - timedelta(minutes=30)
    client("cloudwatch").put_metric_data(
        Namespace="Tillgate",
        MetricData=[{"MetricName": name, "Dimensions": of, "Timestamp": at, "Value": value} for value in values],
    )


@pytest.fixture
def figures_of_cloudwatch() -> Any:
    from moto.cloudwatch.models import cloudwatch_backends

    yield
    for regions in cloudwatch_backends.values():
        for backend in regions.values():
            backend.metric_data.clear()


def row(text: str, label: str) -> str:
    return text.partition(label)[2][:60]


def test_where_there_are_no_figures_it_says_so(queue: tuple[str, str]) -> None:
    text = Widget({"view": "today"}).text
    assert "Nothing needs a person." in text
    assert "created no data no data" in text
    assert "Is a PSP failing: no data." in text
    assert "There are no dead letters." in text
    assert "What it costs: no data." in text


def test_orders_are_compared_with_the_same_hour_a_week_ago(queue: tuple[str, str], figures_of_cloudwatch: None) -> None:
    put("OrderCreated", [1, 1, 1])
    put("OrderCreated", [1] * 9, WEEK)
    put("OrderPaid", [1, 1])
    put("OrderCreated", [50], timedelta(hours=3))  # neither
    text = Widget({"view": "today"}).text
    assert "created 3 9" in text
    assert "paid 2 no data" in text


def test_a_psp_that_does_not_answer_is_named(queue: tuple[str, str], figures_of_cloudwatch: None) -> None:
    put("PspCall", [100.0, 300.0] * 9, connector="sandbox", outcome="SUCCEEDED")
    put("PspCall", [7500.0, 7500.0], connector="sandbox", outcome="UNKNOWN")
    put("PaymentAuthorized", [1] * 9, connector="sandbox")
    put("PaymentRefused", [1], connector="sandbox", group="BANK")
    put("PaymentRefused", [1] * 30, connector="sandbox", group="SHOPPER")  # gave up: nobody's failure
    text = Widget({"view": "today"}).text
    assert "sandbox does not answer 9 (no data) 90% (-) 10% of 20 200 ms, at most 300 ms" in text


def test_a_psp_that_refuses_more_than_a_week_ago_is_named(queue: tuple[str, str], figures_of_cloudwatch: None) -> None:
    for back, good, bad in ((timedelta(0), 5, 5), (WEEK, 9, 1)):
        put("PaymentAuthorized", [1] * good, back, connector="stripe")
        put("PaymentRefused", [1] * bad, back, connector="stripe", group="PSP")
    text = Widget({"view": "today"}).text
    assert "stripe refuses more 5 (9) 50% (90%)" in text


def test_what_it_costs_by_service_and_by_order(
    queue: tuple[str, str], figures_of_cloudwatch: None, world: World
) -> None:
    bill = client("cloudwatch", "us-east-1")
    for service, dollars in (("", 12.0), ("AWSLambda", 3.5), ("AmazonDynamoDB", 4.5)):
        of = [{"Name": "Currency", "Value": "USD"}, *([{"Name": "ServiceName", "Value": service}] if service else [])]
        datum = {"MetricName": "EstimatedCharges", "Dimensions": of, "Timestamp": NOW - timedelta(minutes=1)}
        bill.put_metric_data(Namespace="AWS/Billing", MetricData=[{**datum, "Value": dollars}])
    put("OrderPaid", [1] * 6)
    if (NOW - timedelta(minutes=31)).month != NOW.month:
        return  # the month has just begun
    text = Widget({"view": "today"}).text
    assert "DynamoDB 4.50 Lambda 3.50" in text
    assert "12.00 USD since the month began, 6 orders paid, 2.0000 USD a paid order." in text


def test_figures_that_cannot_be_read_are_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetMetricData")

    monkeypatch.setattr(client("cloudwatch"), "get_metric_data", refused)
    assert figures([Figure("OrderPaid", "Sum")] * 2, NOW - HOUR, NOW) == [None, None]


def test_figures_on_several_pages_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [
        {"MetricDataResults": [{"Id": "m0", "Values": [1.0]}], "NextToken": "more"},
        {"MetricDataResults": [{"Id": "m0", "Values": [2.0]}, {"Id": "m1", "Values": [7.0, 5.0]}]},
    ]
    monkeypatch.setattr(client("cloudwatch"), "get_metric_data", lambda **_: pages.pop(0))
    wanted = [Figure("OrderPaid", "Sum"), Figure("DueBacklog", "Maximum")]
    assert figures(wanted, NOW - HOUR, NOW) == [3.0, 7.0]


def test_what_is_stuck_is_read_where_it_lies(queue: tuple[str, str], world: World) -> None:
    world.paid()
    world.psp.says(OperationStatus.FAILED)
    world.call("cancel_order")
    says("sandbox", None, (STUCK_ID, f"{STUCK_ID}_1"))
    client("sqs").send_message(QueueUrl=queue[0], MessageBody="{}")
    world.passes(timedelta(hours=3))
    desk = Widget({"view": "today"})
    assert "1 thing needs a person, the oldest for 3 h." in desk.text
    assert "parked notifications of PSPs 1" in desk.text
    assert "queue from PSPs 1" in desk.text
    desk.press("See them")
    assert "A-1001" in desk.text


def test_dead_letters_are_shown_by_their_oldest_and_sent_back(queue: tuple[str, str], world: World) -> None:
    live, dead = queue
    secret = {"order_key": "ord_1", "facts": "alice@example.com"}
    for number in range(12):
        client("sqs").send_message(QueueUrl=dead, MessageBody=json.dumps(secret | {"number": number}))
    desk = Widget({"view": "today"})
    assert "from PSPs 12 0 min old: order_key ord_1" in desk.text
    assert "alice" not in desk.page
    desk.press("Redrive").types(by="ada", reason="the table answers again").press("Do it")
    assert desk.confirmed == ["About 12 dead letters of the queue from PSPs are sent back into it."]
    assert "12 dead letters were sent back." in desk.text
    desk.press("Back to today")
    assert "There are no dead letters." in desk.text
    counted = client("sqs").get_queue_attributes(QueueUrl=live, AttributeNames=["ApproximateNumberOfMessages"])
    assert counted["Attributes"]["ApproximateNumberOfMessages"] == "12"


def test_lost_changes_have_no_button_and_nothing_is_sent_without_a_reason(queue: tuple[str, str]) -> None:
    lost = client("sqs").get_queue_url(QueueName="lost")["QueueUrl"]
    client("sqs").send_message(QueueUrl=lost, MessageBody="{}")
    desk = Widget({"view": "today"})
    assert "lost changes 1" in desk.text
    assert "Redrive ..." not in desk.labels
    desk.call(READS, {"view": "requeue", "queue": "lost changes"})
    assert "there are no dead letters to be sent back" in desk.text
    client("sqs").send_message(QueueUrl=queue[1], MessageBody="{}")
    desk.call(READS, {"view": "requeue", "queue": "from PSPs"})
    desk.press("Do it")
    assert "Nothing was done: pass who decides (by) and why (reason)" in desk.text


def test_admin_sends_dead_letters_back_too(queue: tuple[str, str]) -> None:
    client("sqs").send_message(QueueUrl=queue[1], MessageBody="{}")
    asked = {"action": "requeue", "queue": "from PSPs", "by": "ada", "reason": "mended"}
    assert invoke("admin", asked) == {"queue": "from PSPs", "moved": 1}
    assert invoke("admin", asked) == {"queue": "from PSPs", "moved": 0}
    assert "there is no such queue" in invoke("admin", asked | {"queue": "nope"})["error"]
    assert "there is no such queue" in invoke("admin", asked | {"queue": "lost changes"})["error"]

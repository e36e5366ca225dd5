"""Every alarm can be shown to ring: the code is driven into what the alarm is for (ONE-13, EV-7, GO-4, GO-10).

| an alarm on | rings if |
| --- | --- |
| what code counts | the handlers, driven, write a line with the alarm's namespace, name and dimensions |
| `Errors` of a function | the handler raises, or is killed by its time-out |
| messages that lie | a message gets there while it is kept: it fails often enough |
| messages that wait | a message that keeps failing gets that old before it is dead |
| executions | the definition has a task that can fail, a time-out that can pass |
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.marketplace.test_pay_vendors import PayingPsp, entry, run_all, sold
from tests.functions.psp.test_whose_news import says
from tests.functions.world import PAYMENT_ID, World, invoke, sample
from tests.handlers import handler_module
from tests.template.metrics import alarms, of_alarm, of_line
from tests.template.reading import on_aws, resources
from tests.template.test_payment_window import definition
from tillgate.connectors.v1 import Settlement
from tillgate.domain.payments.operations import OperationStatus
from tillgate.use_cases.psp.reconcile import reconcile

S = OperationStatus
ALARMS = alarms()
AUTHORIZATION = (PAYMENT_ID, f"{PAYMENT_ID}_1")


def refused_cancel(world: World, _: pytest.MonkeyPatch) -> None:
    world.paid()
    world.psp.says(S.FAILED)
    world.call("cancel_order")


def paid_after_its_end(world: World, _: pytest.MonkeyPatch) -> None:
    world.created()
    world.started(S.AWAITING_SHOPPER)
    world.passes(timedelta(minutes=121))
    invoke("close_window", sample("close_window"))
    assert world.order().status == "EXPIRED"
    says("sandbox", None, AUTHORIZATION)


def of_nothing_we_know(world: World, _: pytest.MonkeyPatch) -> None:
    says("sandbox", None, AUTHORIZATION)
    world.passes(timedelta(days=31))
    invoke("sweep_due", {})


def of_another_merchant(world: World, _: pytest.MonkeyPatch) -> None:
    world.has_merchant("mer_2")
    world.created()
    world.started(S.PENDING)
    says("sandbox", "mer_2", AUTHORIZATION)


def unreadable_message(_world: World, _: pytest.MonkeyPatch) -> None:
    event = sample("apply_psp_notification")
    event["Records"][0]["body"] = json.dumps({"connector": "sandbox", "body": "no JSON"})
    assert len(invoke("apply_psp_notification", event)["batchItemFailures"]) == 1


def unreadable_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.created()
    world.passes(timedelta(minutes=122))
    monkeypatch.setattr(world.system.orders, "load", broken)
    assert invoke("sweep_due", {})["orders"] == 0


def refused_payout(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYOUT_HOLD_DAYS", "7")
    world.system.connectors["sandbox"] = PayingPsp()
    sold(world, entry(1), psp_account="refused")
    run_all()


def reported_otherwise(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Settlement(case=PAYMENT_ID, state="SETTLED", currency="EUR", amount=4999, as_of=world.system.time)
    monkeypatch.setattr(world.psp, "read_report", lambda _: [line])
    reconcile(world.system, "sandbox", b"", "2030-01-01.csv")


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("cannot be read")


COUNTED: dict[str, Callable[[World, pytest.MonkeyPatch], None]] = {
    "OperatorNeededAlarm": refused_cancel,
    "UnwantedMoneyAlarm": paid_after_its_end,
    "NotificationGivenUpAlarm": of_nothing_we_know,
    "NotificationOfAnotherAlarm": of_another_merchant,
    "BatchItemFailedAlarm": unreadable_message,
    "SweepFailedAlarm": unreadable_order,
    "VendorNotPaidAlarm": refused_payout,
    "SettlementDifferenceAlarm": reported_otherwise,
}


@pytest.mark.parametrize("name", COUNTED)
def test_an_alarm_on_what_is_counted_rings(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    COUNTED[name](world, monkeypatch)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (rung,) = {series for line in lines for series in of_line(line) if of_alarm(ALARMS[name]).hears(series)}
    assert rung == of_alarm(ALARMS[name])


class TimedOut(BaseException):
    """Lambda ends the process; no code of ours sees that."""


def killed(*_: Any, **__: Any) -> Any:
    raise TimedOut


# Which part of the handler's module breaks, and how; the event it is given.
ERRORS: dict[str, tuple[str, Callable[..., Any], str]] = {
    "ApplyPspNotificationErrorsAlarm": ("take", killed, "apply_psp_notification"),
    "ForwardChangesErrorsAlarm": ("forward", killed, "forward_changes"),
    "SumVendorsErrorsAlarm": ("_taken_over", killed, ""),
    "NotifyMerchantErrorsAlarm": ("take", killed, "notify_merchant"),
    "MailInvoiceErrorsAlarm": ("take", killed, "mail_invoice"),
    "CloseWindowErrorsAlarm": ("meet_deadlines", broken, "close_window"),
    "OpenWindowsErrorsAlarm": ("each_message", broken, "open_windows"),
    "SweepDueErrorsAlarm": ("overdue", broken, "sweep_due"),
    "KeepDueErrorsAlarm": ("keep", killed, "keep_due"),
    "SweepNotificationsErrorsAlarm": ("_announce_again", broken, ""),
    "ErasePersonalDataErrorsAlarm": ("sweep", broken, "erase_personal_data"),
    "ReconcileErrorsAlarm": ("_latest", broken, ""),
    "ExportDaysErrorsAlarm": ("export_days", broken, "export_days"),
    "AdminErrorsAlarm": ("system", broken, "admin_list_work"),
}
OF_A_CHANGE = {"dynamodb": {"Keys": {"pk": {"S": "ord_1"}, "sk": {"S": "VENDOR_SUMS#1"}}, "SequenceNumber": "1"}}


@pytest.mark.parametrize("name", ERRORS)
def test_an_alarm_on_errors_rings(name: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    part, breaks, event = ERRORS[name]
    function = ALARMS[name]["Dimensions"][0]["Value"]["Ref"]
    properties = resources("Serverless::Function")[function]["Properties"]
    operation = properties["CodeUri"].rstrip("/").rpartition("/")[2]
    module = handler_module(operation)
    assert hasattr(module, part)
    monkeypatch.setattr(module, part, breaks)
    monkeypatch.setenv("SETTLEMENTS_BUCKET", "reports")
    monkeypatch.setenv("EXPORTS_BUCKET", "exports")
    given = sample(event) if event else {"Records": [OF_A_CHANGE]}
    with pytest.raises((RuntimeError, TimedOut)):
        module.handler(given, None)


LIE = [name for name, alarm in ALARMS.items() if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"]
WAIT = [name for name, alarm in ALARMS.items() if alarm["MetricName"] == "ApproximateAgeOfOldestMessage"]
QUEUES = {name: each["Properties"] for name, each in resources("SQS::Queue").items()}


def watched_queue(alarm: str) -> str:
    return str(ALARMS[alarm]["Dimensions"][0]["Value"]["Fn::GetAtt"][0])


def fails_for(queue: str) -> int:
    """Seconds until a message that always fails is dead."""
    received: int = QUEUES[queue]["RedrivePolicy"]["maxReceiveCount"]
    return received * int(on_aws(QUEUES[queue]["VisibilityTimeout"]))


@pytest.mark.parametrize("name", LIE)
def test_an_alarm_on_messages_that_lie_rings(name: str) -> None:
    dead = watched_queue(name)
    from_queues = [
        queue
        for queue, each in QUEUES.items()
        if each.get("RedrivePolicy", {}).get("deadLetterTargetArn") == {"Fn::GetAtt": [dead, "Arn"]}
    ]
    sources = [each["Properties"] for each in resources("Lambda::EventSourceMapping").values()]
    lost = [each for each in sources if each.get("DestinationConfig") == lost_to(dead)]
    assert from_queues or len(lost) == 2
    for queue in from_queues:
        assert any(each["EventSourceArn"] == {"Fn::GetAtt": [queue, "Arn"]} for each in sources)
        assert fails_for(queue) < QUEUES[queue]["MessageRetentionPeriod"]
    for each in lost:
        assert each["MaximumRetryAttempts"] < 100


def lost_to(queue: str) -> dict[str, Any]:
    return {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}


@pytest.mark.parametrize("name", WAIT)
def test_an_alarm_on_messages_that_wait_rings(name: str) -> None:
    """A message that keeps failing gets old enough before it is dead; one that is told late is not old by then."""
    longest_delay = 60
    assert longest_delay < ALARMS[name]["Threshold"] < fails_for(watched_queue(name))


EXECUTIONS = [name for name, alarm in ALARMS.items() if alarm["Namespace"] == "AWS/States"]


@pytest.mark.parametrize("name", EXECUTIONS)
def test_an_alarm_on_executions_rings(name: str) -> None:
    machine = resources("Serverless::StateMachine")[ALARMS[name]["Dimensions"][0]["Value"]["Ref"]]
    states = definition(machine["Properties"]["DefinitionUri"].rpartition("/")[2].removesuffix(".asl.yaml"))
    metric = ALARMS[name]["MetricName"]
    if metric == "ExecutionsFailed":
        tasks = [each for each in states["States"].values() if each["Type"] == "Task"]
        assert [each for each in tasks if "Catch" not in each]
    elif metric == "ExecutionsTimedOut":
        assert "TimeoutSeconds" in states
    else:
        assert metric == "ExecutionThrottled"  # by AWS, whatever we do


# What AWS does to us, which no code of ours brings about.
BY_AWS = {
    "ApiErrorsAlarm": "tests/functions/shared: an unexpected error answers 500",
    "ApiSlowAlarm": "latency of the API's calls",
    "FunctionsThrottledAlarm": "the account's concurrency is used up",
    "ForwardChangesBehindAlarm": "a shard's reader that stops at a failure",
    "SweepMissingAlarm": "a schedule that is off",
    "OrdersTableThrottledAlarm": "a partition that takes no more",
}


def test_every_alarm_is_shown_to_ring() -> None:
    shown = [*COUNTED, *ERRORS, *LIE, *WAIT, *EXECUTIONS, *BY_AWS]
    assert sorted(shown) == sorted(ALARMS)


def test_the_api_answers_500_which_rings(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.system.orders, "load", broken)
    assert world.call("get_order").status == 500


def test_the_sweep_that_does_not_run_is_missed() -> None:
    """It runs once a minute, so five runs a period are missing; no data counts as missing, too."""
    alarm = ALARMS["SweepMissingAlarm"]
    assert (alarm["ComparisonOperator"], alarm["TreatMissingData"]) == ("LessThanThreshold", "breaching")
    schedule = resources("Serverless::Function")["SweepDueFunction"]["Properties"]["Events"]["EveryMinute"]
    assert schedule["Properties"]["Schedule"] == "rate(1 minute)"
    assert alarm["Period"] >= 2 * 60


@pytest.mark.parametrize("name", ALARMS)
def test_one_occurrence_is_enough_where_none_is_expected(name: str) -> None:
    alarm = ALARMS[name]
    if alarm["Threshold"] == 0:
        assert (alarm["ComparisonOperator"], alarm["EvaluationPeriods"]) == ("GreaterThanThreshold", 1)
        assert alarm["Statistic"] in ("Sum", "Maximum")


def test_one_error_of_the_api_does_not_ring_and_a_rate_does() -> None:
    """Five in five minutes; a single one is in the logs."""
    alarm = ALARMS["ApiErrorsAlarm"]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == ("5XXError", "Sum", 300)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 4)
    assert alarm["EvaluationPeriods"] == 1

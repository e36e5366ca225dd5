"""Our lines are those of Powertools for AWS Lambda: same keys, same order, same values; metrics too (GO-10)."""

import json
import sys
from typing import Any

import pytest
from aws_lambda_powertools import Logger as PowertoolsLogger
from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

from tillgate.domain.orders.order import OrderStatus
from tillgate.runtime import telemetry
from tillgate.runtime.telemetry import NAMESPACE, Logger, count

CAN_DIFFER = ("timestamp", "location", "exception", "stack_trace")


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "tillgate")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-6920f000-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1")
    monkeypatch.setenv("STAGE", "staging")
    telemetry._service.cache_clear()
    telemetry._stage.cache_clear()


def say(logger: Any) -> None:
    logger.clear_state()
    logger.append_keys(request_id="r-1", order_key="ord_1")
    logger.info("answered", extra={"route": None, "status": 200, "state": OrderStatus.PAID, "who": "Zoë"})
    logger.warning("endpoint stopped")
    logger.append_keys(code="not_found")
    logger.error("an operator is needed", extra={"why": ["a", "b"], "at": {"x": 1.5}, "cause": ValueError("odd")})
    try:
        {"there": 1}["missing"]
    except KeyError:
        logger.exception("unexpected", extra={"record": "1"})
    logger.clear_state()
    logger.info("batch done")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_lines_are_those_of_powertools(capsys: pytest.CaptureFixture[str]) -> None:
    say(PowertoolsLogger(service="oracle", stream=sys.stdout))
    theirs = lines(capsys)
    say(Logger())
    ours = lines(capsys)
    for line in theirs:
        line["service"] = "tillgate"
    assert [set(one) for one in ours] == [set(one) for one in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert {key: value for key, value in one.items() if key not in CAN_DIFFER} == {
            key: value for key, value in other.items() if key not in CAN_DIFFER
        }
        assert len(one["timestamp"]) == len(other["timestamp"])
        assert one["location"].startswith("say:")
    assert ours[3]["stack_trace"]["type"] == "KeyError"
    assert "KeyError: 'missing'" in ours[3]["exception"]
    assert set(ours[3]["stack_trace"]) == set(theirs[3]["stack_trace"])


def test_metrics_are_those_of_powertools(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """But for `service`, which names no stage."""
    monkeypatch.delenv("POWERTOOLS_SERVICE_NAME")
    count("PspCall", connector="sandbox", outcome="SUCCEEDED")
    count("NotificationGivenUp")
    with single_metric("PspCall", MetricUnit.Count, 1, namespace=NAMESPACE) as metric:
        for name, value in {"stage": "staging", "connector": "sandbox", "outcome": "SUCCEEDED"}.items():
            metric.add_dimension(name, value)
    with single_metric("NotificationGivenUp", MetricUnit.Count, 1, namespace=NAMESPACE) as metric:
        metric.add_dimension("stage", "staging")
    found = lines(capsys)
    for line in found:
        del line["_aws"]["Timestamp"]
    assert found[:2] == found[2:]


def test_what_is_below_the_level_is_not_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "ERROR")
    telemetry._least.cache_clear()
    try:
        say(Logger())
    finally:
        telemetry._least.cache_clear()
    assert [line["level"] for line in lines(capsys)] == ["ERROR", "ERROR"]


def test_a_line_is_written_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads deliver beside each other."""
    pieces: list[str] = []

    class Out:
        def write(self, text: str) -> None:
            pieces.append(text)

        def flush(self) -> None: ...

    monkeypatch.setattr("sys.stdout", Out())
    Logger().info("one")
    count("Two")
    assert [piece[-1] for piece in pieces] == ["\n", "\n"]

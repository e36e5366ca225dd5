"""Processes a batch. AWS does not count a failed item as an error of the function: `BatchItemFailed` does, and alarms.

Queue messages are independent: only those that fail are delivered again. Stream records are first in, first out: the
stream continues from the first that fails, so nothing behind it is started (ADR 91).
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tillgate.runtime.telemetry import count, logger
from tillgate.runtime.tracing import taken_up


def each_message(event: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Calls `take` with each message's JSON. Returns the ids of failed messages, which the queue delivers again."""
    return _each(event, lambda record: _taken(record, take), lambda record: str(record["messageId"]))


def each_message_at_once(event: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The same in parallel, for messages that wait for a merchant's server: no message waits for another's."""
    if len(event["Records"]) <= 1:
        return each_message(event, take)
    with ThreadPoolExecutor(max_workers=len(event["Records"])) as pool:
        running = {record["messageId"]: pool.submit(_taken, record, take) for record in event["Records"]}
    return _each(event, lambda record: running[record["messageId"]].result(), lambda record: str(record["messageId"]))


def _taken(record: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> None:
    """In the trace of whoever has sent the message."""
    with taken_up(record.get("attributes", {}).get("AWSTraceHeader")):
        take(json.loads(record["body"]))


def each_change(event: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Calls `take` with each record of a table's stream, in order, until one fails: the stream continues from there."""
    return _each(event, take, lambda record: str(record["dynamodb"]["SequenceNumber"]), in_order=True)


def _each(
    event: dict[str, Any],
    take: Callable[[dict[str, Any]], None],
    identify: Callable[[dict[str, Any]], str],
    *,
    in_order: bool = False,
) -> dict[str, Any]:
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        logger.clear_state()
        try:
            take(record)
        except Exception:
            logger.exception("record failed, will be retried", extra={"record": identify(record)})
            count("BatchItemFailed")
            failed.append({"itemIdentifier": identify(record)})
            if in_order:
                break
    logger.info("batch processed", extra={"records": len(event["Records"]), "failed": len(failed)})
    return {"batchItemFailures": failed}

"""Processes a batch of queue messages or stream records one by one. Only what fails is retried."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tillgate.runtime.telemetry import logger


def each_message(event: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Calls `take` with each message's JSON. Returns the ids of failed messages, which the queue delivers again."""
    return _each(event, lambda record: take(json.loads(record["body"])), lambda record: str(record["messageId"]))


def each_message_at_once(event: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The same in parallel, for messages that wait for a merchant's server: no message waits for another's."""
    if len(event["Records"]) <= 1:
        return each_message(event, take)
    with ThreadPoolExecutor(max_workers=len(event["Records"])) as pool:
        running = {
            record["messageId"]: pool.submit(lambda body: take(json.loads(body)), record["body"])
            for record in event["Records"]
        }
    return _each(event, lambda record: running[record["messageId"]].result(), lambda record: str(record["messageId"]))


def each_change(event: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Calls `take` with each record of a table's stream. The stream continues from the first record that failed."""
    return _each(event, take, lambda record: str(record["dynamodb"]["SequenceNumber"]))


def _each(
    event: dict[str, Any], take: Callable[[dict[str, Any]], None], identify: Callable[[dict[str, Any]], str]
) -> dict[str, Any]:
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        logger.clear_state()
        try:
            take(record)
        except Exception:
            logger.exception("record failed, will be retried", extra={"record": identify(record)})
            failed.append({"itemIdentifier": identify(record)})
    logger.info("batch processed", extra={"records": len(event["Records"]), "failed": len(failed)})
    return {"batchItemFailures": failed}

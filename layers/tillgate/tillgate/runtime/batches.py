"""Works through a batch. What fails in it is no error of the function to AWS: `BatchItemFailed` counts it, and rings.

Messages of a queue are each for itself: one that fails is given again alone. Records of a stream are first in, first
out: the first that fails is given again with all behind it, so nothing behind it is begun (ADR 91).
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tillgate.runtime.telemetry import count, logger


def each_message(event: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Calls `take` with each message's JSON; answers the ids of those that failed, for the queue to give again."""
    return _each(event, lambda record: take(json.loads(record["body"])), lambda record: str(record["messageId"]))


def each_message_at_once(event: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The same beside each other, for messages that wait for somebody's server: none waits for another's."""
    if len(event["Records"]) <= 1:
        return each_message(event, take)
    with ThreadPoolExecutor(max_workers=len(event["Records"])) as pool:
        running = {
            record["messageId"]: pool.submit(lambda body: take(json.loads(body)), record["body"])
            for record in event["Records"]
        }
    return _each(event, lambda record: running[record["messageId"]].result(), lambda record: str(record["messageId"]))


def each_change(event: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Calls `take` with the records of a table's stream, in their order, until one fails: the stream goes on there."""
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
            logger.exception("failed, to be tried again", extra={"record": identify(record)})
            count("BatchItemFailed")
            failed.append({"itemIdentifier": identify(record)})
            if in_order:
                break
    logger.info("batch done", extra={"records": len(event["Records"]), "failed": len(failed)})
    return {"batchItemFailures": failed}

"""Queues as operators look at them: how much waits, the oldest dead letter, and sending dead letters back."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tillgate.runtime.aws import client
from tillgate.runtime.telemetry import logger

_TOLD = ("order_key", "merchant_id", "connector", "payment_id", "invoice_id", "endpoint", "version", "pk")


@dataclass(frozen=True, slots=True)
class Queue:
    """`dead`: where its dead letters lie; None if there is no such queue. `url`: None of the stream's lost changes."""

    name: str
    url: str | None
    dead: str | None


@dataclass(frozen=True, slots=True)
class Oldest:
    """A dead letter. `about`: what it names of ours; its text is not shown, as it may hold personal data."""

    message_id: str
    sent_at: datetime
    about: dict[str, str]


def queues() -> list[Queue]:
    """Those of this deployment: `name=url=dead url`, separated by commas."""
    told = [each.split("=") for each in os.environ.get("QUEUES", "").split(",") if each]
    return [Queue(name, url or None, dead or None) for name, url, dead in told]


def depth(url: str) -> int | None:
    """How many messages lie there, about; None if that cannot be read."""
    try:
        told = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    except (ClientError, BotoCoreError) as error:
        logger.warning("no figures of a queue", extra={"error": str(error)})
        return None
    return int(told["Attributes"]["ApproximateNumberOfMessages"])


def oldest(url: str) -> Oldest | None:
    """The oldest of some messages; looking at it takes nothing out and hides nothing. None if none was got."""
    try:
        answer = client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, AttributeNames=["SentTimestamp"]
        )
    except (ClientError, BotoCoreError) as error:
        logger.warning("no dead letter", extra={"error": str(error)})
        return None
    found = [_oldest(each) for each in answer.get("Messages", [])]
    return min(found, key=lambda each: each.sent_at, default=None)


def _oldest(message: dict[str, Any]) -> Oldest:
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    try:
        body = json.loads(message["Body"])
    except ValueError:
        body = {}
    about = {name: str(body[name]) for name in _TOLD if isinstance(body, dict) and body.get(name)}
    return Oldest(message["MessageId"], sent, about)


def send_back(queue: Queue, goes_on: Callable[[], bool]) -> int:
    """Moves dead letters back into their queue while `goes_on`, each once; how many. Raises ValueError if it has none.

    Sent before it is deleted: a process that dies between the two leaves a copy, which every receiver tolerates.
    """
    if queue.url is None or queue.dead is None:
        raise ValueError(f"dead letters of {queue.name} cannot be sent back")
    sqs, moved = client("sqs"), 0
    while goes_on():
        answer = sqs.receive_message(QueueUrl=queue.dead, MaxNumberOfMessages=10, AttributeNames=["MessageGroupId"])
        if not (messages := answer.get("Messages", [])):
            break
        for each in messages:
            group = each.get("Attributes", {}).get("MessageGroupId")
            in_order = {"MessageGroupId": group, "MessageDeduplicationId": each["MessageId"]} if group else {}
            sqs.send_message(QueueUrl=queue.url, MessageBody=each["Body"], **in_order)
            sqs.delete_message(QueueUrl=queue.dead, ReceiptHandle=each["ReceiptHandle"])
            moved += 1
    return moved

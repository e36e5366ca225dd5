"""The queue's consumer: lets payments change by themselves and posts notifications.

Failed messages are reported individually, so that the queue redelivers only them and not their whole batch.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import outbox, paying_out, service
from .calls import logger
from .delivery import DeliveryError, deliver
from .instruments import Deed

MAX_BATCH = 10
DELIVERIES = 3  # of a change that finds nothing to change: it is queued before what it changes is written


class NotYetError(Exception):
    """What is to change by itself has perhaps not been written yet."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Processes a batch from SQS; returns the messages to redeliver."""
    records = event.get("Records", [])
    with ThreadPoolExecutor(max_workers=MAX_BATCH) as workers:  # a slow endpoint delays only its own messages
        done = list(workers.map(_done, records))
    failed = [record["messageId"] for record, good in zip(records, done, strict=True) if not good]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _done(record: dict[str, Any]) -> bool:
    message_id, error = record["messageId"], None
    message: dict[str, Any] = {}
    try:
        message = json.loads(record["body"])
        _handle(message, int(record.get("attributes", {}).get("ApproximateReceiveCount", DELIVERIES)))
    except (DeliveryError, NotYetError) as refused:
        error = str(refused)
    except Exception as unexpected:
        logger.exception("unexpected error", message_id=message_id)
        error = type(unexpected).__name__
    logger.info(
        "message",
        message_id=message_id,
        kind=message.get("kind"),
        reference=_reference(message),
        done=error is None,
        error=error,
    )
    return error is None


def _handle(message: dict[str, Any], delivery: int) -> None:
    if message["kind"] == outbox.NOTIFY:
        deliver(message["url"], message["event"])
    elif not _changes(message) and delivery < DELIVERIES:
        raise NotYetError("nothing to change yet")


def _changes(message: dict[str, Any]) -> bool:
    """Whether there was something to change, or has been before."""
    if message["kind"] == outbox.MATURE:
        return _mature(message["reference"])
    if message["kind"] == outbox.FOLLOW:
        return _follow(message["reference"], message["do"], message["of"])
    if message["kind"] == outbox.MATURE_PAYOUT:
        return _mature_payout(message["reference"])
    raise ValueError("unknown kind of message")


def _reference(message: dict[str, Any]) -> Any:
    """The message's subject, for the log."""
    event = message.get("event", {})
    shown = event.get("payment") or event.get("payout") or {}
    return message.get("reference") or shown.get("reference")


def _mature(reference: str) -> bool:
    payment = service.mature(reference)
    if payment is not None and payment.notification_url is not None:
        reversed_ = payment.authorization is not None and payment.authorization.status == "reversed"
        deliver(payment.notification_url, outbox.reversal(payment) if reversed_ else outbox.event(payment))
    return payment is not None


def _follow(reference: str, deed: Deed, of: str) -> bool:
    payment = service.follow(reference, deed, of)
    if payment is not None and payment.notification_url is not None:
        deliver(payment.notification_url, outbox.event(payment))
    return payment is not None


def _mature_payout(reference: str) -> bool:
    payout = paying_out.mature(reference)
    if payout is not None and payout.notification_url is not None:
        deliver(payout.notification_url, outbox.payout_event(payout))
    return payout is not None

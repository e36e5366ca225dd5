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
        _handle(message)
    except DeliveryError as refused:
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


def _handle(message: dict[str, Any]) -> None:
    if message["kind"] == outbox.NOTIFY:
        deliver(message["url"], message["event"])
    elif message["kind"] == outbox.MATURE:
        _mature(message["reference"])
    elif message["kind"] == outbox.FOLLOW:
        _follow(message["reference"], message["do"], message["of"])
    elif message["kind"] == outbox.MATURE_PAYOUT:
        _mature_payout(message["reference"])
    else:
        raise ValueError("unknown kind of message")


def _reference(message: dict[str, Any]) -> Any:
    """The message's subject, for the log."""
    event = message.get("event", {})
    shown = event.get("payment") or event.get("payout") or {}
    return message.get("reference") or shown.get("reference")


def _mature(reference: str) -> None:
    payment = service.mature(reference)
    if payment is not None and payment.notification_url is not None:
        reversed_ = payment.authorization is not None and payment.authorization.status == "reversed"
        deliver(payment.notification_url, outbox.reversal(payment) if reversed_ else outbox.event(payment))


def _follow(reference: str, deed: Deed, of: str) -> None:
    payment = service.follow(reference, deed, of)
    if payment is not None and payment.notification_url is not None:
        deliver(payment.notification_url, outbox.event(payment))


def _mature_payout(reference: str) -> None:
    payout = paying_out.mature(reference)
    if payout is not None and payout.notification_url is not None:
        deliver(payout.notification_url, outbox.payout_event(payout))

"""Every minute: queues receivers with waiting deliveries that may be retried (GO-2), and changes that were never
announced, whatever was lost on the way (CM-6).
"""

import json
import os
from typing import Any

from tillgate.runtime.aws import client
from tillgate.runtime.telemetry import count, logger
from tillgate.store.notifications import outbox, receivers
from tillgate.use_cases.shared.postpone import postpone
from tillgate.wiring import system

MOST_A_SHARD = 250  # the rest comes first a minute later


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    done = {"receivers": _wake_receivers(), "announcements": _announce_again()}
    logger.info("swept", extra=done)
    return done


def _wake_receivers() -> int:
    found = [
        endpoint
        for shard in range(receivers.SHARDS)
        for endpoint in system().receivers.due(shard, system().now(), MOST_A_SHARD)
    ]
    for endpoint in found:
        _queue({"endpoint": endpoint})
    return len(found)


def _announce_again() -> int:
    """`notify_merchant` removes a change once it is announced. Until then it is queued again at growing intervals."""
    now = system().now()
    found = [each for shard in outbox.shards_to_read() for each in system().due.find(shard, now, MOST_A_SHARD)]
    for change in found:
        _queue({"order_key": change.pk, "version": outbox.version_of(change.sk)})
        postpone(system(), change)
        count("AnnouncedLate")
        logger.warning("a change was not announced", extra={"order_key": change.pk, "change": change.sk})
    return len(found)


def _queue(message: dict[str, Any]) -> None:
    client("sqs").send_message(QueueUrl=os.environ["MERCHANT_NOTIFICATIONS_QUEUE_URL"], MessageBody=json.dumps(message))

"""Every minute: receivers that something waits for and that may be tried again (GO-2). Only finds and queues them."""

import json
import os
from typing import Any

from tillgate.store.client import client
from tillgate.store.receivers import SHARDS
from tillgate.telemetry import logger
from tillgate.wiring import system

MOST_A_SHARD = 250  # what is left over comes first a minute later


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    found = [
        endpoint for shard in range(SHARDS) for endpoint in system().receivers.due(shard, system().now(), MOST_A_SHARD)
    ]
    for endpoint in found:
        client("sqs").send_message(
            QueueUrl=os.environ["MERCHANT_NOTIFICATIONS_QUEUE_URL"], MessageBody=json.dumps({"endpoint": endpoint})
        )
    logger.info("swept", extra={"receivers": len(found)})
    return {"receivers": len(found)}

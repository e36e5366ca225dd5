"""Queue of changes: calls the merchant's update URL (CM-6). What is not taken is tried again, then set aside."""

from functools import cache
from typing import Any

import urllib3

from tillgate.queues import each_message
from tillgate.telemetry import count, logger
from tillgate.use_cases.notify_merchant import NotTaken, notify_merchant
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_message(event, take)


def take(message: dict[str, Any]) -> None:
    logger.append_keys(order_key=message["order_key"], merchant_id=message["merchant_id"])
    try:
        status = notify_merchant(system(), _http(), message["merchant_id"], message["order_reference"])
    except NotTaken as refused:
        count("MerchantNotified", outcome="refused")
        logger.warning("merchant not notified", extra={"why": str(refused)})
        raise
    count("MerchantNotified", outcome="taken")
    logger.info("merchant notified", extra={"status": status})


@cache
def _http() -> urllib3.PoolManager:
    return urllib3.PoolManager()

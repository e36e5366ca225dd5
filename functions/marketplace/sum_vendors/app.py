"""Stream of the orders table: vendor payments have changed, so their orders take the new sums over (TH-10).

A batch names an order as often as it likes: it is summed up once. What fails is told by the stream's next change, and
a view never waits for it.
"""

from typing import Any

from tillgate.runtime.telemetry import logger
from tillgate.use_cases.marketplace.vendor_sums import take_over_sums
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    first: dict[str, str] = {}
    for record in event["Records"]:
        if record["dynamodb"]["Keys"]["sk"]["S"].startswith("VENDOR_SUMS#"):
            first.setdefault(record["dynamodb"]["Keys"]["pk"]["S"], record["dynamodb"]["SequenceNumber"])
    failed = [{"itemIdentifier": number} for order_key, number in first.items() if not _taken_over(order_key)]
    logger.info("vendors summed", extra={"orders": len(first), "failed": len(failed)})
    return {"batchItemFailures": failed[:1]}  # a stream goes on from the first that failed


def _taken_over(order_key: str) -> bool:
    try:
        take_over_sums(system(), order_key, cause="vendors")
    except Exception:
        logger.exception("record failed, will be retried", extra={"order_key": order_key})
        return False
    return True

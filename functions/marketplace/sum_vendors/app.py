"""Stream of the orders table: copies the new sums over changed vendor payments into their orders (TH-10).

However often an order occurs in a batch, it is summed up once. The first order that fails ends the batch: the stream
continues from there, and what is behind it comes again anyway. Views read the sums themselves.
"""

from typing import Any

from tillgate.runtime.telemetry import count, logger
from tillgate.use_cases.marketplace.vendor_sums import take_over_sums
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    first: dict[str, str] = {}
    for record in event["Records"]:
        if record["dynamodb"]["Keys"]["sk"]["S"].startswith("VENDOR_SUMS#"):
            first.setdefault(record["dynamodb"]["Keys"]["pk"]["S"], record["dynamodb"]["SequenceNumber"])
    failed = next((number for order_key, number in first.items() if not _taken_over(order_key)), None)
    logger.info("vendors summed", extra={"orders": len(first), "failed": int(failed is not None)})
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


def _taken_over(order_key: str) -> bool:
    try:
        take_over_sums(system(), order_key, cause="vendors")
    except Exception:
        logger.exception("record failed, will be retried", extra={"order_key": order_key})
        count("BatchItemFailed")
        return False
    return True

"""What an account has paid out to persons on a day in a currency, so that its limit holds in every race (RG-6).

| what | pk | sk |
| --- | --- | --- |
| a day's use | `PAYOUT_DAY#merchant#currency` | `2030-01-01` (UTC) |

`used` is written in the transaction that saves a payout: for a new one on condition of the limit, for its outcome
unconditionally. So it is always the sum of that day's payouts that have not FAILED.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from tillgate.domain.payouts.payout import Payout

KEPT = timedelta(days=35)


class DayIsFull(Exception):
    """The payout exceeds what is left of its day; `used` is the sum of the others, in minor units."""

    def __init__(self, used: int) -> None:
        super().__init__()
        self.used = used


def key_of(merchant_id: str, currency: str, day: str) -> dict[str, Any]:
    return {"pk": {"S": f"PAYOUT_DAY#{merchant_id}#{currency}"}, "sk": {"S": day}}


def used_of(item: dict[str, Any] | None) -> int:
    return int(item["used"]["N"]) if item else 0


def takes(table: str, payout: Payout, per_day: int) -> dict[str, Any]:
    """Counts a new payout, of at most `per_day`, on condition that the day's use stays within `per_day`."""
    update = _adds(table, payout, payout.used)
    update["ConditionExpression"] = "attribute_not_exists(pk) OR used <= :room"
    update["ExpressionAttributeValues"][":room"] = {"N": str(per_day - payout.used)}
    return {"Update": update | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}


def changes(table: str, before: Payout, after: Payout) -> list[dict[str, Any]]:
    """Returns a FAILED payout's amount, and takes it again if it was paid after all: then no limit applies."""
    difference = after.used - before.used
    return [{"Update": _adds(table, after, difference)}] if difference else []


def _adds(table: str, payout: Payout, amount: int) -> dict[str, Any]:
    day = payout.counted_on or ""
    forgotten = datetime.fromisoformat(day).replace(tzinfo=UTC) + KEPT
    return {
        "TableName": table,
        "Key": key_of(payout.merchant_id, payout.currency, day),
        "UpdateExpression": "ADD used :amount SET expires_epoch = :expires",
        "ExpressionAttributeValues": {
            ":amount": {"N": str(amount)},
            ":expires": {"N": str(int(forgotten.timestamp()))},
        },
    }

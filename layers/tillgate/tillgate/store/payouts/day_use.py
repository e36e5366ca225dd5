"""What an account has paid out to persons on a day in a currency, so that its limit holds whoever races (RG-6).

| what | pk | sk |
| --- | --- | --- |
| a day's use | `PAYOUT_DAY#merchant#currency` | `2030-01-01` (UTC) |

`used` is written in the transaction that saves a payout: with a new one on condition of the limit, with what becomes of
it without any. So it is always the sum of that day's payouts that have not FAILED.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from tillgate.domain.payouts.payout import Payout

KEPT = timedelta(days=35)


class DayIsFull(Exception):
    """The payout does not fit into what is left of its day; `used` is what others take, in minor units."""

    def __init__(self, used: int) -> None:
        super().__init__()
        self.used = used


def key_of(merchant_id: str, currency: str, day: str) -> dict[str, Any]:
    return {"pk": {"S": f"PAYOUT_DAY#{merchant_id}#{currency}"}, "sk": {"S": day}}


def used_of(item: dict[str, Any] | None) -> int:
    return int(item["used"]["N"]) if item else 0


def takes(table: str, payout: Payout, per_day: int) -> dict[str, Any]:
    """Counts a new payout, of `per_day` at most, if with it the day's use is within `per_day`."""
    update = _adds(table, payout, payout.used)
    update["ConditionExpression"] = "attribute_not_exists(pk) OR used <= :room"
    update["ExpressionAttributeValues"][":room"] = {"N": str(per_day - payout.used)}
    return {"Update": update | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}


def changes(table: str, before: Payout, after: Payout) -> list[dict[str, Any]]:
    """Gives back what has FAILED, and takes it again where it was paid all the same: then no limit can help."""
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

"""Why DynamoDB did not write. Nothing was written in any of these cases, but the reactions differ.

| reason | what it means | what follows |
| --- | --- | --- |
| condition | a race was lost, or a key is taken | a result: `succeeds` is False, or `Cancelled` says which condition |
| conflict | one of the items is in an ongoing transaction | retries with jitter, then `Contended` |
| throttled | too much for a partition, a table or the account | retries with jitter, then `Throttled` |
| invalid | an item is too large, or the request is malformed | `NotStorable`, at once: a retry cannot help |

Anything else, such as a missing grant, stays a `ClientError`.
"""

from enum import IntEnum
from typing import Any

from botocore.exceptions import ClientError

CANCELLED = "TransactionCanceledException"


class Contended(Exception):
    """Others keep writing the same items. Nothing was written; it can be retried."""


class Throttled(Exception):
    """DynamoDB is throttling. Nothing was written; it can be retried later."""


class NotStorable(Exception):
    """DynamoDB will never accept this: an item of more than 400 KB, or a bug of ours."""


class Reason(IntEnum):
    """Ordered by rank, for transactions in which several actions failed."""

    NONE = 0
    CONFLICT = 1
    THROTTLED = 2
    CONDITION = 3  # decided anew anyway
    INVALID = 4
    OTHER = 5


# As an error code, and as a transaction's cancellation reason.
_REASONS = {
    "None": Reason.NONE,
    "TransactionConflictException": Reason.CONFLICT,
    "TransactionConflict": Reason.CONFLICT,
    "ProvisionedThroughputExceededException": Reason.THROTTLED,
    "ProvisionedThroughputExceeded": Reason.THROTTLED,
    "ThrottlingException": Reason.THROTTLED,
    "ThrottlingError": Reason.THROTTLED,
    "RequestLimitExceeded": Reason.THROTTLED,
    "ConditionalCheckFailedException": Reason.CONDITION,
    "ConditionalCheckFailed": Reason.CONDITION,
    "ValidationException": Reason.INVALID,
    "ValidationError": Reason.INVALID,
    "ItemCollectionSizeLimitExceededException": Reason.INVALID,
    "ItemCollectionSizeLimitExceeded": Reason.INVALID,
}


def cancellation_reasons(error: ClientError) -> list[dict[str, Any]]:
    """DynamoDB's reason for each action of a transaction that it cancelled."""
    response: Any = error.response
    reasons: list[dict[str, Any]] = response.get("CancellationReasons", [])
    return reasons


def reason_of(error: ClientError) -> Reason:
    code = error.response["Error"]["Code"]
    codes = [reason["Code"] for reason in cancellation_reasons(error)] if code == CANCELLED else [code]
    return max((_REASONS.get(each, Reason.OTHER) for each in codes), default=Reason.OTHER)


def is_throttling(error: BaseException) -> bool:
    """Also for reads, whose errors are not classified."""
    return isinstance(error, Throttled) or (isinstance(error, ClientError) and reason_of(error) is Reason.THROTTLED)

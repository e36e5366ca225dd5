"""Why DynamoDB did not write. Nothing was written in any of these cases; what is to be done differs.

| reason | what it means | what follows |
| --- | --- | --- |
| condition | a race was lost, or a key is taken | an answer: `succeeds` is False, or `Cancelled` says which condition |
| conflict | a transaction is at one of the items just now | the same again with jitter, then `Contended` |
| throttled | too much for a partition, a table or the account | the same again with jitter, then `Throttled` |
| invalid | an item is too large, or the request makes no sense | `NotStorable`, at once: trying again cannot help |

Anything else, such as a missing grant, stays the `ClientError` that it is.
"""

from enum import IntEnum
from typing import Any

from botocore.exceptions import ClientError

CANCELLED = "TransactionCanceledException"


class Contended(Exception):
    """Others keep writing the same items. Nothing was written; the same may be tried again."""


class Throttled(Exception):
    """DynamoDB takes no more just now. Nothing was written; the same may be tried again, later."""


class NotStorable(Exception):
    """DynamoDB does not take this, now or later: an item of more than 400 KB, or a mistake of ours."""


class Reason(IntEnum):
    """In the order in which one outranks another, where several actions of a transaction failed."""

    NONE = 0
    CONFLICT = 1
    THROTTLED = 2
    CONDITION = 3  # decided anew anyway
    INVALID = 4
    OTHER = 5


# As an error's code, and as a code among a transaction's cancellation reasons.
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
    """Also of a read, whose error nobody has told apart."""
    return isinstance(error, Throttled) or (isinstance(error, ClientError) and reason_of(error) is Reason.THROTTLED)

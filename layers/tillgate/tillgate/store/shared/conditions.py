"""The one way in which the store writes: again with jitter where that can help, and never where it cannot.

DynamoDB refuses a single write of an item that a transaction is at with TransactionConflictException, and botocore does
not try that again; nor does it try a cancelled transaction again, whatever the reason.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tillgate.runtime.backoff import tries
from tillgate.store.shared.failures import CANCELLED, Contended, NotStorable, Reason, Throttled, reason_of

TRIES = 5  # with pauses of 0.3 seconds at most, all together


def write(call: Callable[..., Any], **arguments: Any) -> Any:
    """Calls a writing method of the client.

    Raises `Contended`, `Throttled`, `NotStorable`; `ClientError` where a condition failed, or for anything else.
    """
    reason = Reason.NONE
    for _ in tries(TRIES):
        try:
            return call(**arguments)
        except ClientError as error:
            reason = reason_of(error)
            if reason is Reason.INVALID:
                raise NotStorable(str(error)) from error
            if reason not in (Reason.CONFLICT, Reason.THROTTLED):
                raise
            if reason is Reason.THROTTLED and error.response["Error"]["Code"] != CANCELLED:
                raise Throttled(str(error)) from error  # botocore has backed off and tried again already
    raise (Throttled if reason is Reason.THROTTLED else Contended)(f"{TRIES} tries")


def succeeds(call: Callable[..., Any], **arguments: Any) -> bool:
    """Whether a conditional write's condition held. Raises what `write` raises for any other reason."""
    try:
        write(call, **arguments)
    except ClientError as error:
        if reason_of(error) is not Reason.CONDITION:
            raise
        return False
    return True

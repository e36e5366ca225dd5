"""How the store writes: with retries and jitter if they can help, and without if they cannot.

DynamoDB refuses a single write of an item in an ongoing transaction with TransactionConflictException. botocore does
not retry that, nor a cancelled transaction, whatever the reason.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tillgate.runtime.backoff import tries
from tillgate.store.shared.failures import CANCELLED, Contended, NotStorable, Reason, Throttled, reason_of

TRIES = 5  # with pauses of at most 0.3 seconds in total


def write(call: Callable[..., Any], **arguments: Any) -> Any:
    """Calls a writing method of the client.

    Raises `Contended`, `Throttled`, `NotStorable`; `ClientError` for a failed condition or any other reason.
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
                raise Throttled(str(error)) from error  # botocore has already retried with backoff
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

"""Several writes that all happen or none; which of their conditions failed is an answer, not an error."""

from typing import Any

from botocore.exceptions import ClientError

from tillgate.store.shared.conditions import write
from tillgate.store.shared.failures import Reason, cancellation_reasons, reason_of
from tillgate.store.shared.idempotency import Kept, KeyTaken


class LostRace(Exception):
    """A condition failed: somebody else changed what was read. Read it again, decide again."""


class NoSuchShopper(Exception):
    """The shopper is not there (any more): nothing is kept for nobody."""


class Cancelled(Exception):
    """A transaction that did not happen as a condition, at least one, did not hold."""

    def __init__(self, error: ClientError) -> None:
        self._reasons = cancellation_reasons(error)

    def failed(self, number: int) -> bool:
        """Whether it was the condition of that action."""
        return len(self._reasons) > number and bool(self._reasons[number]["Code"] == "ConditionalCheckFailed")

    def item(self, number: int) -> dict[str, Any] | None:
        """What that action met, where it asked to be told."""
        return self._reasons[number].get("Item")

    def raise_if_key_taken(self, number: int) -> None:
        """Raises `KeyTaken` where that action took an idempotency key which was taken before."""
        if self.failed(number):
            raise KeyTaken(Kept.of(self._reasons[number]["Item"])) from None


def transact(dynamodb: Any, actions: list[dict[str, Any]]) -> None:
    """All of the actions or none of them: `Cancelled` says whose condition failed.

    Raises `Contended`, `Throttled`, `NotStorable` (see `failures`).
    """
    try:
        write(dynamodb.transact_write_items, TransactItems=actions)
    except ClientError as error:
        if reason_of(error) is not Reason.CONDITION:
            raise
        raise Cancelled(error) from None

"""Writes that happen all or none; which of their conditions failed is a result, not an error."""

from typing import Any

from botocore.exceptions import ClientError

from tillgate.store.shared.conditions import write
from tillgate.store.shared.failures import Reason, cancellation_reasons, reason_of
from tillgate.store.shared.idempotency import Kept, KeyTaken


class LostRace(Exception):
    """A condition failed: what was read has changed. Read again, decide again."""


class NoSuchShopper(Exception):
    """The shopper does not exist (any more): nothing may be stored for it."""


class Cancelled(Exception):
    """A transaction that was cancelled because at least one condition failed."""

    def __init__(self, error: ClientError) -> None:
        self._reasons = cancellation_reasons(error)

    def failed(self, number: int) -> bool:
        """Whether that action's condition failed."""
        return len(self._reasons) > number and bool(self._reasons[number]["Code"] == "ConditionalCheckFailed")

    def item(self, number: int) -> dict[str, Any] | None:
        """The item that the action found, if it requested that."""
        return self._reasons[number].get("Item")

    def raise_if_key_taken(self, number: int) -> None:
        """Raises `KeyTaken` if that action's idempotency key was taken before."""
        if self.failed(number):
            raise KeyTaken(Kept.of(self._reasons[number]["Item"])) from None


def transact(dynamodb: Any, actions: list[dict[str, Any]]) -> None:
    """Executes all of the actions or none: `Cancelled` says whose condition failed.

    Raises `Contended`, `Throttled`, `NotStorable` (see `failures`).
    """
    try:
        write(dynamodb.transact_write_items, TransactItems=actions)
    except ClientError as error:
        if reason_of(error) is not Reason.CONDITION:
            raise
        raise Cancelled(error) from None

"""DynamoDB that refuses writes as it is told, with the errors that botocore raises on AWS; moto does the rest."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from tillgate.runtime.aws import client

SINGLE = ("PutItem", "UpdateItem", "DeleteItem")
TRANSACTION = "TransactWriteItems"


class Codes(NamedTuple):
    """An error's code at a single write, and at an action of a transaction: None where all of it has the former."""

    single: str
    action: str | None


class Why(Enum):
    CONFLICT = Codes("TransactionConflictException", "TransactionConflict")
    THROTTLED = Codes("ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded")
    LIMIT = Codes("RequestLimitExceeded", "ThrottlingError")
    TOO_LARGE = Codes("ValidationException", "ValidationError")
    CONDITION = Codes("ConditionalCheckFailedException", "ConditionalCheckFailed")
    DENIED = Codes("AccessDeniedException", None)


class _Http(NamedTuple):
    status_code: int = 400


@dataclass
class FailingWrites:
    """`why` the next `times` writes are refused, or all of them (None). `at`: which action of a transaction."""

    why: Why
    times: int | None = None
    at: int = -1
    only: tuple[str, ...] = (*SINGLE, TRANSACTION)
    tried: int = 0  # writes that were refused, or let through after that
    operations: tuple[str, ...] = ()

    def __call__(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[_Http, dict[str, Any]] | None:
        if model.name not in self.only:
            return None
        self.tried += 1
        self.operations += (model.name,)
        if self.times is not None and self.tried > self.times:
            return None
        return _Http(), self._answer(model.name, json.loads(params["body"]))

    def _answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        code, action = self.why.value
        if operation != TRANSACTION or action is None:
            return {"Error": {"Code": code, "Message": "made by a test"}}
        reasons = [{"Code": "None"} for _ in request["TransactItems"]]
        reasons[self.at] = {"Code": action, "Message": "made by a test"}
        return {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}


@contextmanager
def failing(writes: FailingWrites) -> Iterator[FailingWrites]:
    events = client("dynamodb").meta.events
    events.register_first("before-call.dynamodb", writes, unique_id="failing")
    try:
        yield writes
    finally:
        events.unregister("before-call.dynamodb", unique_id="failing")

"""DynamoDB in memory: calls one at a time, with DynamoDB's conditions and transactions, and a stream.

A call happens completely or not at all. `test_table` compares it with moto, call by call.
"""

import copy
import re
from typing import Any

from botocore.exceptions import ClientError

from proofs.crash.expressions import Item, holds, updated, value_of

Key = tuple[str, str]
INDEXES = {"by_merchant": ("list_key", "listed_at"), "due": ("due_shard", "due_at")}


def refused(code: str, operation: str, **more: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(response, operation)


class Tables:
    """All tables of an account, created on the first write. `stream` holds the changes that have not been read yet."""

    def __init__(self) -> None:
        self.items: dict[str, dict[Key, Item]] = {}
        self.streams: dict[str, list[dict[str, Any]]] = {}
        self._changes = 0

    # The calls of the stores.

    def get_item(self, **call: Any) -> dict[str, Any]:
        item = self._table(call).get(key_of(call["Key"]))
        return {"Item": copy.deepcopy(item)} if item else {}

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        answers = {
            name: [self.get_item(TableName=name, Key=key).get("Item") for key in wanted["Keys"]]
            for name, wanted in RequestItems.items()
        }
        return {"Responses": {name: [item for item in items if item] for name, items in answers.items()}}

    def put_item(self, **call: Any) -> dict[str, Any]:
        return self._alone({"Put": call}, "PutItem")

    def update_item(self, **call: Any) -> dict[str, Any]:
        done = self._alone({"Update": call}, "UpdateItem")
        if "ReturnValues" not in call:
            return done
        item = self.get_item(TableName=call["TableName"], Key=call["Key"])["Item"]
        named = re.findall(r"\w+", call["UpdateExpression"])
        of_all = call["ReturnValues"] == "ALL_NEW"
        return {"Attributes": {name: value for name, value in item.items() if of_all or name in named}}

    def delete_item(self, **call: Any) -> dict[str, Any]:
        return self._alone({"Delete": call}, "DeleteItem")

    def transact_write_items(self, TransactItems: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803
        reasons = [self._reason(action) for action in TransactItems]
        if any(reason["Code"] != "None" for reason in reasons):
            raise refused("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
        for action in TransactItems:
            self._apply(action)
        return {}

    def scan(self, **call: Any) -> dict[str, Any]:
        shown = [item for item in self._table(call).values() if holds(call.get("FilterExpression"), call, item)]
        return {"Items": copy.deepcopy(shown)}

    def query(self, **call: Any) -> dict[str, Any]:
        hashed, ranged = INDEXES[call["IndexName"]] if "IndexName" in call else ("pk", "sk")
        found = [item for item in self._table(call).values() if hashed in item and ranged in item]
        found = [item for item in found if holds(call["KeyConditionExpression"], call, item)]
        found.sort(key=lambda item: value_of(item[ranged]), reverse=not call.get("ScanIndexForward", True))
        limit = call.get("Limit", len(found) or 1)
        more: dict[str, Any] = {"LastEvaluatedKey": {}} if len(found) > limit else {}
        shown = [item for item in found[:limit] if holds(call.get("FilterExpression"), call, item)]
        return {"Items": copy.deepcopy(shown), **more}

    # How they are done.

    def _table(self, call: dict[str, Any]) -> dict[Key, Item]:
        return self.items.setdefault(call["TableName"], {})

    def _alone(self, action: dict[str, Any], operation: str) -> dict[str, Any]:
        reason = self._reason(action)
        if reason["Code"] != "None":
            raise refused(
                "ConditionalCheckFailedException", operation, **{k: reason[k] for k in ("Item",) if k in reason}
            )
        self._apply(action)
        return {}

    def _reason(self, action: dict[str, Any]) -> dict[str, Any]:
        """Why an action is impossible, in DynamoDB's words."""
        ((_, call),) = action.items()
        before = self._table(call).get(key_of(call.get("Item") or call["Key"]))
        if holds(call.get("ConditionExpression"), call, before):
            return {"Code": "None"}
        shows = before is not None and call.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        return {"Code": "ConditionalCheckFailed", **({"Item": copy.deepcopy(before)} if shows else {})}

    def _apply(self, action: dict[str, Any]) -> None:
        ((kind, call),) = action.items()
        table, key = self._table(call), key_of(call.get("Item") or call["Key"])
        before = table.get(key)
        after: Item | None = copy.deepcopy(call.get("Item"))
        if kind == "ConditionCheck":
            return
        if kind == "Update":
            after = copy.deepcopy(updated(call["UpdateExpression"], call, before or dict(call["Key"])))
        if after is None:
            table.pop(key, None)
        else:
            table[key] = after
        self._record(call["TableName"], key, before, after)

    def _record(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        if before == after:
            return
        self._changes += 1
        images = {"OldImage": before, "NewImage": after}
        self.streams.setdefault(table, []).append(
            {
                "eventName": "INSERT" if before is None else "REMOVE" if after is None else "MODIFY",
                "dynamodb": {
                    "Keys": {"pk": {"S": key[0]}, "sk": {"S": key[1]}},
                    "SequenceNumber": f"{self._changes:021d}",
                    **{name: image for name, image in images.items() if image is not None},
                },
            }
        )


def key_of(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]

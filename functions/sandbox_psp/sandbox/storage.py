"""The sandbox PSP's table: the only module that uses DynamoDB.

A payment is stored under its reference, as JSON with its revision; each write is conditional on the revision it was
decided on. A second item maps the payment's id, which its page uses, to the reference. Stored cards and payouts are
stored under their references likewise; a card can also be found by its id.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from .clients import client, table
from .model import Payment, StoredCard
from .payouts import Payout

KEPT_SECONDS = 90 * 24 * 3600


class ConflictError(Exception):
    """A concurrent write came first."""


def find(reference: str) -> Payment | None:
    """The payment with this reference, as last written."""
    item = _get(_payment_key(reference))
    return None if item is None else _payment(item)


def find_together(*references: str) -> list[Payment | None]:
    """The payments with these references, in one call; None where there is none."""
    keys = [_payment_key(each) for each in references]
    asked = {"Keys": [_payment_key(each) for each in set(references)], "ConsistentRead": True}
    answer = client("dynamodb").batch_get_item(RequestItems={table(): asked})
    if answer.get("UnprocessedKeys"):
        raise ConflictError
    found = {item["pk"]["S"]: _payment(item) for item in answer["Responses"][table()]}
    return [found.get(key["pk"]["S"]) for key in keys]


def _payment(item: dict[str, Any]) -> Payment:
    carved = int(item["carved"]["N"]) if "carved" in item else 0
    return Payment.model_validate_json(item["document"]["S"]).model_copy(update={"carved": carved})


def find_by_id(payment_id: str) -> Payment | None:
    """The payment whose page has this id."""
    item = _get(_id_key(payment_id))
    return None if item is None else find(item["reference"]["S"])


def every() -> Iterator[Payment]:
    """All payments, unordered; for the settlement report of a sandbox, which is small."""
    asked: dict[str, Any] = {"TableName": table(), "ConsistentRead": True}
    while True:
        answer = client("dynamodb").scan(**asked)
        yield from (_payment(item) for item in answer["Items"] if "document" in item)
        if "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def create(payment: Payment) -> Payment:
    """Stores a payment under a free reference, or raises ConflictError."""
    stamped = payment.stamped(datetime.now(UTC))
    lookup = {**_id_key(payment.id), "reference": {"S": payment.reference}, **_expiry()}
    _write({"Put": _conditional_put(stamped)}, {"Put": {"TableName": table(), "Item": lookup}})
    return stamped


def find_card(reference: str) -> StoredCard | None:
    """The card that was stored, or deleted, under this reference."""
    item = _get(_card_key(reference))
    return None if item is None else StoredCard.model_validate_json(item["card"]["S"])


def find_card_by_id(card_id: str) -> StoredCard | None:
    item = _get(_id_key(card_id))
    return None if item is None else find_card(item["reference"]["S"])


def store_card(card: StoredCard) -> bool:
    """Stores a card under a free reference; False if it is taken."""
    lookup = {**_id_key(card.id), "reference": {"S": card.reference}, **_expiry()}
    try:
        _write(
            {"Put": _card_put(card) | {"ConditionExpression": "attribute_not_exists(pk)"}},
            {"Put": {"TableName": table(), "Item": lookup}},
        )
    except ConflictError:
        return False
    return True


def put_card(card: StoredCard) -> None:
    """Overwrites a card: only used to delete it, which is final."""
    client("dynamodb").put_item(**_card_put(card))


def _card_put(card: StoredCard) -> dict[str, Any]:
    item = {**_card_key(card.reference), "card": {"S": card.model_dump_json()}, **_expiry()}
    return {"TableName": table(), "Item": item}


def carve(child: Payment, parent: Payment) -> Payment:
    """Stores a part of a payment, or raises ConflictError if that was decided on a stale state of it.

    The carved sum is stored beside the parent's document and only grows, so concurrent carves do not change the
    revision; the condition keeps the sum within the available amount.
    """
    stamped = child.stamped(datetime.now(UTC))
    lookup = {**_id_key(child.id), "reference": {"S": child.reference}, **_expiry()}
    update = {
        "TableName": table(),
        "Key": _payment_key(parent.reference),
        "UpdateExpression": "ADD carved :amount",
        "ConditionExpression": "revision = :revision AND (attribute_not_exists(carved) OR carved <= :room)",
        "ExpressionAttributeValues": {
            ":amount": {"N": str(child.amount)},
            ":revision": {"N": str(parent.revision)},
            ":room": {"N": str(parent.carvable - child.amount)},
        },
    }
    _write({"Put": _conditional_put(stamped)}, {"Put": {"TableName": table(), "Item": lookup}}, {"Update": update})
    return stamped


def _write(*actions: dict[str, Any]) -> None:
    try:
        client("dynamodb").transact_write_items(TransactItems=list(actions))
    except ClientError as error:
        raise _translated(error) from error


def save(payment: Payment) -> Payment:
    """Stores the next revision of a payment, or raises ConflictError if that was decided on a stale one."""
    stamped = payment.stamped(datetime.now(UTC))
    try:
        client("dynamodb").put_item(**_conditional_put(stamped))
    except ClientError as error:
        raise _translated(error) from error
    return stamped


def find_payout(reference: str) -> Payout | None:
    """The payout with this reference, as last written."""
    item = _get(_payout_key(reference))
    return None if item is None else Payout.model_validate_json(item["payout"]["S"])


def save_payout(payout: Payout) -> Payout:
    """Stores the next revision of a payout, or raises ConflictError if that was decided on a stale one."""
    stamped = payout.stamped(datetime.now(UTC))
    item = {
        **_payout_key(payout.reference),
        **_expiry(),
        "revision": {"N": str(stamped.revision)},
        "payout": {"S": stamped.model_dump_json()},
    }
    put: dict[str, Any] = {"TableName": table(), "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    if payout.revision:
        values = {":before": {"N": str(payout.revision)}}
        put |= {"ConditionExpression": "revision = :before", "ExpressionAttributeValues": values}
    try:
        client("dynamodb").put_item(**put)
    except ClientError as error:
        raise _translated(error) from error
    return stamped


def _conditional_put(payment: Payment) -> dict[str, Any]:
    item = {
        **_payment_key(payment.reference),
        **_expiry(),
        "revision": {"N": str(payment.revision)},
        "status": {"S": payment.status},  # for people inspecting the table; never read
        "document": {"S": payment.model_dump_json(exclude={"carved"})},
    }
    put: dict[str, Any] = {"TableName": table(), "Item": item}
    if payment.revision == 1:
        return put | {"ConditionExpression": "attribute_not_exists(pk)"}
    values = {":before": {"N": str(payment.revision - 1)}}
    condition = "revision = :before AND attribute_not_exists(carved)"
    if payment.carved:
        item["carved"] = values[":carved"] = {"N": str(payment.carved)}
        condition = "revision = :before AND carved = :carved"
    return put | {"ConditionExpression": condition, "ExpressionAttributeValues": values}


def _get(key: dict[str, Any]) -> dict[str, Any] | None:
    answer = client("dynamodb").get_item(TableName=table(), Key=key, ConsistentRead=True)
    item: dict[str, Any] | None = answer.get("Item")
    return item


def _payment_key(reference: str) -> dict[str, Any]:
    return {"pk": {"S": f"PAYMENT#{reference}"}, "sk": {"S": "PAYMENT"}}


def _card_key(reference: str) -> dict[str, Any]:
    return {"pk": {"S": f"INSTRUMENT#{reference}"}, "sk": {"S": "INSTRUMENT"}}


def _payout_key(reference: str) -> dict[str, Any]:
    return {"pk": {"S": f"PAYOUT#{reference}"}, "sk": {"S": "PAYOUT"}}


def _id_key(payment_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"ID#{payment_id}"}, "sk": {"S": "REFERENCE"}}


def _expiry() -> dict[str, Any]:
    return {"expires_epoch": {"N": str(int(time.time()) + KEPT_SECONDS)}}


def _translated(error: ClientError) -> Exception:
    """A failed condition or a transaction conflict means that a concurrent write came first."""
    code = error.response.get("Error", {}).get("Code", "")
    if code in {"ConditionalCheckFailedException", "TransactionConflictException"}:
        return ConflictError()
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
    return ConflictError() if reasons & {"ConditionalCheckFailed", "TransactionConflict"} else error

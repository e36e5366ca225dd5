"""PSPs' references of payments, by which operators find them (ONE-9).

| what | pk | sk |
| --- | --- | --- |
| a payment that a PSP calls so | `PSP_REFERENCE#reference` | payment id |

Two PSPs may use the same reference. The change that learned it carries it to whoever announces the change, and that one
writes the item: for a third of what it would cost while the shopper waits. Vendor payments have none: they are found
with their order.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tillgate.domain.orders.events import Event
    from tillgate.domain.orders.order import Order

_PREFIX = "PSP_REFERENCE#"
_LONGEST = 1000  # characters; DynamoDB takes 2,048 bytes as a key


def learned(
    before: "Order | None", waited: "Iterable[Event]", after: "Order", events: "Iterable[Event]"
) -> dict[str, str]:
    """The references that these events told first, by payment; and those that waited for them."""
    known = {payment.psp_reference for payment in before.payments} if before else set()
    told = {getattr(event, "psp_reference", None) for event in waited}
    told |= {getattr(event, "psp_reference", None) for event in events} - known
    return {
        payment.payment_id: reference
        for payment in after.payments
        if (reference := payment.psp_reference) in told and reference and len(reference) <= _LONGEST
    }


def mark(references: Mapping[str, str]) -> dict[str, Any]:
    """The attribute of the history's item until the change is announced; none for most changes."""
    return {"psp_references": {"M": {each: {"S": name} for each, name in references.items()}}} if references else {}


def marked(item: Mapping[str, Any]) -> dict[str, str]:
    return {each: str(name["S"]) for each, name in item.get("psp_references", {"M": {}})["M"].items()}


def items(references: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"pk": {"S": _PREFIX + name}, "sk": {"S": each}} for each, name in references.items()]


def payment_ids_of(dynamodb: Any, table: str, reference: str) -> list[str]:
    """The payments that some PSP calls so."""
    if not 0 < len(reference) <= _LONGEST:
        return []
    answer = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :reference",
        ExpressionAttributeValues={":reference": {"S": _PREFIX + reference}},
        ConsistentRead=True,
    )
    return [item["sk"]["S"] for item in answer["Items"]]

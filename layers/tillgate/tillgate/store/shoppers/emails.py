"""By whose e-mail address orders are found: keyed hashes in the shoppers table, erased with what they lead to.

| what | pk | sk | `email_key` |
| --- | --- | --- | --- |
| an order whose `customer` has an address | `CUSTOMER#order key` | `EMAIL` | of that address |
| the recipient of an invoice (see `recipients`) | `INVOICE#order key` | `RECIPIENT` | of that address |
| a shopper (see `shoppers`) | `SHOPPER#merchant#shopper key` | `PROFILE` | of that address |
| the key of those hashes, sealed | `EMAIL_KEY` | `KEY` | |

Index `by_email` has the first three (ADR 151). Nothing is scanned, and the addresses themselves are in no key.
"""

from typing import Any

from tillgate.store.shared.conditions import succeeds
from tillgate.store.shoppers.shoppers import USE

MOST = 50  # leads of one address
_CUSTOMER, _INVOICE, _SHOPPER = "CUSTOMER#", "INVOICE#", "SHOPPER#"
_KEY = {"pk": {"S": "EMAIL_KEY"}, "sk": {"S": "KEY"}}


def of_key(email_key: str | None) -> dict[str, Any]:
    """The attribute of an item that the address leads to."""
    return {"email_key": {"S": email_key}} if email_key else {}


class Emails:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._sealed: str | None = None

    def sealed_key(self) -> str | None:
        """The key of the hashes, as it is sealed: read once per process, as it never changes. None before the first."""
        if self._sealed is None:
            found = self._dynamodb.get_item(TableName=self._table, Key=_KEY, ConsistentRead=True).get("Item")
            self._sealed = found["sealed"]["S"] if found else None
        return self._sealed

    def keep_key(self, sealed: str) -> str:
        """Keeps the deployment's first key and returns it; of two processes at once, both get the one that is kept."""
        put = {"TableName": self._table, "Item": {**_KEY, "sealed": {"S": sealed}}}
        succeeds(self._dynamodb.put_item, **put, ConditionExpression="attribute_not_exists(pk)")
        return self.sealed_key() or sealed

    def added(self, order_key: str, email_key: str | None) -> list[dict[str, Any]]:
        """The write beside a new order whose customer has an address; none without."""
        if not email_key:
            return []
        return [{"Put": {"TableName": self._table, "Item": {**_key(order_key), **of_key(email_key)}}}]

    def erased(self, order_key: str) -> dict[str, Any]:
        """The action for the transaction that records the erasure of the order's personal data."""
        return {"Delete": {"TableName": self._table, "Key": _key(order_key)}}

    def order_keys(self, email_key: str) -> list[str]:
        """Of orders that the address leads to, its shopper's own among them; the newest of a shopper first."""
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName="by_email",
            KeyConditionExpression="email_key = :key",
            ExpressionAttributeValues={":key": {"S": email_key}},
            Limit=MOST,
        )
        found: list[str] = []
        for place in (item["pk"]["S"] for item in answer["Items"]):
            if place.startswith(_SHOPPER):
                found += self._of_shopper(place)
            else:
                found.append(place.removeprefix(_CUSTOMER).removeprefix(_INVOICE))
        return list(dict.fromkeys(found))

    def _of_shopper(self, place: str) -> list[str]:
        answer = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :shopper AND begins_with(sk, :use)",
            ExpressionAttributeValues={":shopper": {"S": place}, ":use": {"S": USE}},
            Select="SPECIFIC_ATTRIBUTES",  # what its grant is for
            ProjectionExpression="pk, sk",
            ScanIndexForward=False,
            Limit=MOST,
        )
        return [item["sk"]["S"].removeprefix(USE) for item in answer["Items"]]


def _key(order_key: str) -> dict[str, Any]:
    return {"pk": {"S": f"{_CUSTOMER}{order_key}"}, "sk": {"S": "EMAIL"}}

"""Recipients of invoice e-mails: personal data, kept in the shoppers table so that it can be erased.

| what | pk | sk |
| --- | --- | --- |
| recipient | `INVOICE#order key` | `RECIPIENT` |
"""

from typing import Any

from tillgate.domain.invoices.recipient import Recipient
from tillgate.store.shared.conditions import write


class Recipients:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def added(self, order_key: str, recipient: Recipient, email_key: str | None = None) -> dict[str, Any]:
        """The write for the transaction that creates the invoice. `email_key`: by which it is found."""
        name = {"name": {"S": recipient.name}} if recipient.name else {}
        found_by = {"email_key": {"S": email_key}} if email_key else {}
        item = {**_key(order_key), "email": {"S": recipient.email}, **name, **found_by}
        return {"Put": {"TableName": self._table, "Item": item}}

    def load(self, order_key: str) -> Recipient | None:
        """None if it has been erased."""
        answer = self._dynamodb.get_item(TableName=self._table, Key=_key(order_key), ConsistentRead=True)
        item = answer.get("Item")
        return Recipient(item["email"]["S"], item.get("name", {}).get("S")) if item else None

    def erase(self, order_key: str) -> None:
        """The invoice remains, but can no longer be sent."""
        write(self._dynamodb.delete_item, TableName=self._table, Key=_key(order_key))

    def erased(self, order_key: str) -> dict[str, Any]:
        """The same as an action for the transaction that records the erasure of the order's personal data."""
        return {"Delete": {"TableName": self._table, "Key": _key(order_key)}}


def _key(order_key: str) -> dict[str, Any]:
    return {"pk": {"S": f"INVOICE#{order_key}"}, "sk": {"S": "RECIPIENT"}}

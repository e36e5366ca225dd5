"""The history of accounts in the merchants table: written with the change, in its transaction (ADR 148).

| what | pk | sk |
| --- | --- | --- |
| a change of a merchant's account | `HISTORY#merchant` | instant `#` entry id |
| a change of the keys of access tokens | `HISTORY#deployment` | the same |

Nothing changes an entry or deletes it: no function is granted more on these items than to put and to read them.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tillgate.domain.merchants.history import Entry, differences
from tillgate.runtime.acting import who_acts
from tillgate.store.shared.documents import from_json, leave_defaults, leave_none, plain, to_json
from tillgate.store.shared.due_index import instant

DEPLOYMENT = "deployment"
_KINDS = {
    "Merchant": "merchant",
    "Vendor": "vendor",
    "Client": "client",
    "Connection": "connector",
    "TokenKeys": "token_keys",
}
_IDS = {"merchant": "merchant_id", "vendor": "vendor_id", "client": "client_id", "connector": "connector"}


def entries(table: str, before: Any, after: Any, at: datetime) -> list[dict[str, Any]]:
    """The action that puts the entry of a change, for its transaction. None for what is no account, if nothing differs,
    and for the first token key, which nobody decides about. `before`, `after`: None if there is none.
    """
    of = after if after is not None else before
    what = _KINDS.get(type(of).__name__)
    if what is None or (what == "token_keys" and before is None):
        return []
    changes = differences(_document(before), _document(after))
    if not changes:
        return []
    who = who_acts()
    entry = Entry(
        entry_id=f"chg_{secrets.token_hex(8)}",
        merchant_id=getattr(of, "merchant_id", DEPLOYMENT),
        at=at,
        what=what,
        of=str(getattr(of, _IDS[what])) if what in _IDS else "all",
        did="created" if before is None else "deleted" if after is None else "changed",
        via=who.via,
        by=who.by,
        call=who.call,
        request_id=who.request_id,
        reason=who.reason,
        outcome=_outcome(after) if any(each.startswith("new_account") for each in changes) else "done",
        changes=changes,
    )
    return [_put(table, entry)]


def _document(value: Any) -> Mapping[str, Any]:
    """What is set, without what only counts the changes."""
    document = plain(value, leave_defaults) if value is not None else {}
    return {name: each for name, each in document.items() if name != "revision"}


def _outcome(vendor: Any) -> str:
    """Of a change of a vendor's account."""
    new = getattr(vendor, "new_account", None)
    return f"waits for a second person, or until {new.valid_from:%Y-%m-%d %H:%M} UTC" if new else "done"


def _put(table: str, entry: Entry) -> dict[str, Any]:
    item = {
        "pk": {"S": f"HISTORY#{entry.merchant_id}"},
        "sk": {"S": position_of(entry)},
        "document": {"S": to_json(entry, leave_none)},
    }
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}


def position_of(entry: Entry) -> str:
    return f"{instant(entry.at)}#{entry.entry_id}"


class AccountHistory:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def page(self, merchant_id: str, limit: int, before: str | None) -> tuple[list[Entry], str | None]:
        """Entries of an account, newest first, and where the next page begins."""
        answer = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk < :before",
            ExpressionAttributeValues={":pk": {"S": f"HISTORY#{merchant_id}"}, ":before": {"S": before or "9999~"}},
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=limit + 1,
        )
        found = [from_json(Entry, item["document"]["S"]) for item in answer["Items"]]
        more = len(found) > limit
        return found[:limit], position_of(found[limit - 1]) if more else None

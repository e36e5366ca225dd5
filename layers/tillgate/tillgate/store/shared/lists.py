"""Pages of what index `by_merchant` lists, newest first, out of all the shards of a list."""

import heapq
from itertools import islice
from typing import Any

from tillgate.store.shared import shards


def page(
    dynamodb: Any, table: str, name: str, *, since: str, newest: str, below: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """The entries' keys, and where the next page begins: `listed_at` of the last entry; None after the last page.

    From `newest` down to `since`, both included, and in any case below `below`.
    """
    asked: dict[str, Any] = {
        "TableName": table,
        "IndexName": "by_merchant",
        "KeyConditionExpression": "list_key = :list AND listed_at BETWEEN :since AND :newest",
        "ScanIndexForward": False,
        "Limit": limit + 2,  # one more to know whether there is more, and `below` itself
    }
    range_ = {":since": {"S": since}, ":newest": {"S": newest}}
    answers = [
        dynamodb.query(**asked, ExpressionAttributeValues={":list": {"S": each}, **range_})["Items"]
        for each in shards.list_keys(name)
    ]
    merged = heapq.merge(*answers, key=lambda item: str(item["listed_at"]["S"]), reverse=True)
    items = list(islice((item for item in merged if item["listed_at"]["S"] != below), limit + 1))
    shown = items[:limit]
    return shown, shown[-1]["listed_at"]["S"] if len(items) > limit else None

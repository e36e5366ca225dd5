"""The work list: orders and payouts that need a person, longest waiting first."""

from typing import Any

from tillgate.api.operators.desk.amounts import sayer
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.find import open_order
from tillgate.api.operators.desk.html import Html, joined, table, tag
from tillgate.use_cases.operators.resolve import list_work
from tillgate.wiring import System

MOST = 50


def view(asked: Asked, system: System) -> Html:
    items = list_work(system, MOST, sayer)
    if not items:
        return tag("p", "Nothing needs you.", class_="good", role="status")
    rows = ((_since(item), _what(item), _listed(item["troubles"]), _way(asked, item)) for item in items)
    shown = table(("Since", "What", "Why it needs you", "Way in"), rows, f"Work ({len(items)}), longest waiting first")
    runbook = tag("p", 'What to do for each: operator guide, "What needs an operator".', class_="quiet")
    return joined([shown, runbook])


def _since(item: dict[str, Any]) -> Html:
    return tag("span", item["since"][:19].replace("T", " "), class_="instant")


def _listed(sentences: list[str]) -> Html:
    return tag("ul", [tag("li", each) for each in sentences])


def _what(item: dict[str, Any]) -> Html:
    named = item.get("order_reference") or item.get("payout_reference")
    return joined([tag("strong", named), tag("br"), tag("span", item["merchant_id"], class_="quiet")])


def _way(asked: Asked, item: dict[str, Any]) -> Html:
    if "order_key" in item:
        return open_order(asked, item["order_key"])
    return tag("code", f'{{"action": "approve_payout", "payout_id": "{item["payout_id"]}", ...}}')

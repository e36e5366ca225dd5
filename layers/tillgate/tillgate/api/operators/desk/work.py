"""The work list: orders and payouts that need a person, longest waiting first."""

from typing import Any

from tillgate.api.operators.desk.amounts import sayer, shown
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.find import open_order
from tillgate.api.operators.desk.html import Html, button, joined, table, tag
from tillgate.use_cases.operators.resolve import list_work
from tillgate.wiring import System

MOST = 50


def view(asked: Asked, system: System) -> Html:
    items = list_work(system, MOST, sayer)
    if not items:
        return tag("p", "Nothing needs you.", class_="good", role="status")
    rows = [_row(asked, item, work, first=work is item["work"][0]) for item in items for work in item["work"]]
    head = ("Since", "What", "Worth", "What happened, and what can be done")
    more = tag("p", "There is more: these are the oldest.", class_="quiet") if len(items) == MOST else None
    return joined([table(head, rows, f"Work ({len(items)}), longest waiting first"), more])


def _row(asked: Asked, item: dict[str, Any], work: dict[str, Any], *, first: bool) -> tuple[object, ...]:
    """One trouble. An order with several has its name and the way into it on its first row."""
    return (
        tag("span", item["since"][:19].replace("T", " "), class_="instant") if first else "",
        _what(asked, item) if first else "",
        tag("strong", shown(work["amount"], work["currency"]), class_="instant"),
        joined([tag("p", work["what"]), _ways(asked, item, work), tag("p", "Runbook: ", _runbook(work["runbook"]))]),
    )


def _what(asked: Asked, item: dict[str, Any]) -> Html:
    named = item.get("order_reference") or item.get("payout_reference")
    way_in = open_order(asked, item["order_key"]) if "order_key" in item else None
    return joined(
        [tag("strong", named), tag("br"), tag("span", item["merchant_id"], class_="quiet"), tag("br"), way_in]
    )


def _ways(asked: Asked, item: dict[str, Any], work: dict[str, Any]) -> Html:
    if "order_key" not in item:
        return button("Approve or refuse ...", asked.reads, {"view": "payout", "payout_id": item["payout_id"]})
    return tag("div", [_way(asked, item, work, way) for way in work["ways"]], class_="row")


def _way(asked: Asked, item: dict[str, Any], work: dict[str, Any], way: dict[str, Any]) -> Html:
    """A button to the confirmation of what `admin` would do with the same call."""
    named: dict[str, Any] = {name: work[name] for name in ("payment_id", "operation_id") if name in work}
    label, act, more = _button_of(way)
    carried = {"act": act, "order_key": item["order_key"], "version": item["version"], **named, **more}
    if act == "sync":
        return button(label, asked.acts, carried | {"reads": asked.reads})
    return button(f"{label} ...", asked.reads, {"view": "confirm"} | carried)


def _button_of(way: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Its label, the act, and what else it carries."""
    if way["action"] == "sync":
        return "Ask the PSP", "sync", {}
    if way["action"] == "mark_transferred":
        return "It was transferred", "mark_transferred", {}
    if "outcome" in way:
        outcome = way["outcome"]["status"]
        return f"It has {outcome}", "outcome", {"outcome": outcome}
    if "set_aside" in way:
        return "Set aside", "set_aside", {"operation_id": way["set_aside"]}
    if "end_as" in way:
        return f"End as {way['end_as']}", "end_as", {"end_as": way["end_as"]}
    return "Try again to give it back", "retry", {}


def _runbook(url: str) -> Html:
    """A link, where the deployment knows where its runbooks can be read."""
    name = url.rpartition("/")[2].removesuffix(".md").removeprefix("work-")
    return tag("a", name, href=url, target="_blank") if url.startswith("https://") else tag("code", url)

"""The work list: what needs a person, longest waiting first."""

from typing import Any

from tillgate.api.operators.desk.account_acts import to_confirm
from tillgate.api.operators.desk.amounts import sayer, shown
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.find import open_order
from tillgate.api.operators.desk.html import Html, button, joined, table, tag
from tillgate.api.operators.desk.work_acts import LABELS, WORK_ACTS
from tillgate.use_cases.operators.work_list import list_work
from tillgate.wiring import System

AT_ONCE = 25


def view(asked: Asked, system: System) -> Html:
    items, following = list_work(system, AT_ONCE, sayer, asked.texts("after"))
    if not items and not asked.has("after"):
        return tag("p", "Nothing needs you.", class_="good", role="status")
    rows = [_row(asked, item, work, first=work is item["work"][0]) for item in items for work in item["work"]]
    head = ("Since", "What", "Worth", "What happened, and what can be done")
    turns = [
        button("Oldest", asked.reads, {"view": "work"}) if asked.has("after") else None,
        button("Further work", asked.reads, {"view": "work", "after": list(following)}) if following else None,
    ]
    shown_ = table(head, rows, f"Work ({len(items)}{' of more' if following else ''}), longest waiting first")
    return joined([shown_, tag("div", turns, class_="row") if any(turns) else None])


def _row(asked: Asked, item: dict[str, Any], work: dict[str, Any], *, first: bool) -> tuple[object, ...]:
    """One trouble. An order with several has its name and the way into it on its first row."""
    worth = shown(work["amount"], work["currency"]) if "amount" in work else None
    return (
        tag("span", item["since"][:19].replace("T", " "), class_="instant") if first else "",
        _what(asked, item) if first else "",
        tag("strong", worth, class_="instant") if worth else "",
        joined([tag("p", work["what"]), _ways(asked, item, work), tag("p", "Runbook: ", _runbook(work["runbook"]))]),
    )


def _what(asked: Asked, item: dict[str, Any]) -> Html:
    names = ("order_reference", "payout_reference", "vendor_id", "url", "connector", "item")
    named = next(item[name] for name in names if item.get(name))
    way_in = None
    if "order_key" in item:
        way_in = open_order(asked, item["order_key"])
    elif "payout_id" in item:
        way_in = button("Open", asked.reads, {"view": "payout", "payout_id": item["payout_id"]})
    return joined(
        [tag("strong", named), tag("br"), tag("span", item.get("merchant_id") or "", class_="quiet"), tag("br"), way_in]
    )


def _ways(asked: Asked, item: dict[str, Any], work: dict[str, Any]) -> Html:
    return tag("div", [_way(asked, item, work, way) for way in work["ways"]], class_="row")


def _way(asked: Asked, item: dict[str, Any], work: dict[str, Any], way: dict[str, Any]) -> Html:
    """A button to the confirmation of what `admin` would do with the same call."""
    act = way["action"]
    if act in WORK_ACTS:
        to = {"view": "confirm_work", "act": act, "item": way["item"]}
        return button(f"{LABELS[act, work['kind']]} ...", asked.reads, to)
    if act in _OF_ACCOUNTS:
        whose = {name: text for name, text in way.items() if name not in ("action", "by", "reason")}
        return to_confirm(asked, _OF_ACCOUNTS[act].format(**way), act, **whose)
    named: dict[str, Any] = {name: work[name] for name in ("payment_id", "operation_id") if name in work}
    label, act, more = _button_of(way)
    order = {"order_key": item["order_key"], "version": item["version"]}
    carried: dict[str, Any] = {"act": act, **order, **named, **more}
    if act == "sync":
        return button(label, asked.acts, carried | {"reads": asked.reads})
    return button(f"{label} ...", asked.reads, {"view": "confirm"} | carried)


_OF_ACCOUNTS = {
    "approve_payout": "Approve",
    "refuse_payout": "Refuse",
    "resolve_payout": "It is {outcome}",
    "suspend_vendor": "Suspend the vendor",
}


def _button_of(way: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Of what settles an order: its label, the act, and what else it carries."""
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

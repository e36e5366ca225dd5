"""The history of an account at the desk: who changed what, when, from what to what (RG-9)."""

import json
from typing import Any

from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, joined, table, tag
from tillgate.api.operators.desk.style import when
from tillgate.domain.merchants.history import Entry
from tillgate.wiring import System

AT_ONCE = 20
LONGEST = 200  # characters of a value


def view(asked: Asked, system: System, merchant_id: str) -> Html:
    found, before = system.account_history.page(merchant_id, AT_ONCE, asked.text("history_before") or None)
    heads = ("When", "Who", "What", "Change", "Outcome")
    shown = table(heads, (_line(entry) for entry in found), "History of the account, newest first")
    carried = {"view": "merchants", "merchant_id": merchant_id, "history_before": before}
    return joined([shown, button("Older changes", asked.reads, carried) if before else None])


def _line(entry: Entry) -> tuple[object, ...]:
    quiet = [text for text in (entry.call, entry.reason, entry.request_id) if text]
    who = joined([entry.by or "nobody named", f" ({entry.via})"])
    return (
        when(entry.at),
        joined([who, *(joined([tag("br"), tag("span", text, class_="quiet")]) for text in quiet)]),
        joined([f"{entry.what} {entry.did}", tag("br"), tag("code", entry.of)]),
        tag("ul", [tag("li", f"{name}: {_text(each, 'old')} → {_text(each, 'new')}") for name, each in _all(entry)]),
        entry.outcome,
    )


def _all(entry: Entry) -> list[tuple[str, dict[str, Any]]]:
    return list(entry.changes.items())


def _text(change: dict[str, Any], name: str) -> str:
    value = change.get(name)
    text = "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."

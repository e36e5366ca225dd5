"""An order's history in words, newest first: who, what, how much, the PSP's reference, and the status it led to."""

from typing import Any

from tillgate.api.operators.desk import amounts
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, joined, table, tag
from tillgate.api.orders.history_view import history_view
from tillgate.domain.orders.order import Order
from tillgate.wiring import System

AT_ONCE = 40  # lines

_WORDS = {
    "order_created": "The order was created",
    "amount_changed": "The amount was changed",
    "raise_undone": "The higher amount was not paid in time and was taken back",
    "metadata_changed": "The metadata was changed",
    "tender_named": "A gift card was named",
    "tender_removed": "A named gift card was taken back",
    "tenders_dropped": "The named gift cards are not needed",
    "payment_started": "A payment began",
    "instrument_saved": "The instrument was saved",
    "page_opened": "The shopper opened the page",
    "authorization_enriched": "The PSP told more about the authorization",
    "payment_noted": "The PSP told details",
    "outcome_learned": "The PSP answered",
    "operation_observed": "The PSP did something by itself",
    "dispute_learned": "A dispute",
    "dispute_answered": "A dispute was answered",
    "check_put_off": "The PSP had no news; it is asked again later",
    "trace_lost": "The PSP can no longer tell the outcome",
    "fact_refused": "The PSP said something that cannot be true here",
    "fact_set_aside": "What the PSP said was set aside",
    "hold_ends_soon": "The hold ends soon, the merchant was told",
    "vendors_summed": "The sums of the vendors",
    "settlement_reported": "The settlement report",
    "money_received": "Money arrived",
    "ending_begun": "The order began to end",
    "ending_retried": "Its end was tried again",
    "ending_called_off": "Its end was called off",
    "order_ended": "The order ended",
    "personal_data_erased": "Personal data was erased",
    "split_undone": "A split was undone",
    "value_redacted": "A value was removed",
    "invoice_send_asked": "The invoice was to be sent",
    "invoice_sent": "The invoice was sent",
    "invoice_seen": "The invoice was opened",
}


def view(asked: Asked, system: System, order: Order) -> Html:
    entries = list(reversed(history_view(system.orders.history(order.order_key))))
    first = asked.number("from") or 0
    shown = table(
        ("When", "Who", "What", "Amount", "PSP's reference", "Payment", "Order"),
        (_line(entry, order.currency) for entry in entries[first : first + AT_ONCE]),
        f"History, newest first ({len(entries)} entries)",
    )
    return joined([shown, _pages(asked, order, first, len(entries))])


def _pages(asked: Asked, order: Order, first: int, of: int) -> Html | None:
    def to(label: str, start: int) -> Html | None:
        carried = {"view": "order", "order_key": order.order_key, "from": start}
        return button(label, asked.reads, carried) if 0 <= start < of and start != first else None

    turns = [to("Newer", first - AT_ONCE), to("Older", first + AT_ONCE)]
    return tag("div", turns, class_="row") if any(turns) else None


def _line(entry: dict[str, Any], currency: str) -> tuple[object, ...]:
    amount = entry.get("amount")
    return (
        tag("span", entry["at"][:19].replace("T", " "), class_="instant"),
        joined([entry["actor"], tag("br"), tag("span", entry["cause"], class_="quiet")]),
        _said(entry),
        amounts.plain(amount, currency) if type(amount) is int else "",
        entry.get("psp_reference") or "",
        _became(entry.get("payment_status")),
        _became(entry["order_status"]),
    )


def _said(entry: dict[str, Any]) -> str:
    kind = entry["type"]
    said = _WORDS.get(kind, kind.replace("_", " "))
    if kind == "operation_requested":
        said = f"{entry['operation']} was requested".capitalize()
    names = ("operation", "status", "reason_code", "reason", "why", "by", "booking_id")
    more = [str(entry[name]) for name in names if entry.get(name) and not (kind.endswith("ed") and name == "by")]
    if kind == "operation_requested":
        more = more[1:]
    where = [str(entry["operation_id"])] if entry.get("operation_id") else []
    return f"{said}: {', '.join([*more, *where])}" if more or where else said


def _became(change: dict[str, Any] | None) -> str:
    if not change or change["before"] == change["after"]:
        return ""
    return f"{change['before'] or 'nothing'} → {change['after']}"

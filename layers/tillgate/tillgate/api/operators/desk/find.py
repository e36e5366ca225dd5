"""Find: by what a customer or a bank statement has in hand, or by a merchant's day and amount."""

from collections.abc import Iterable

from tillgate.api.operators.desk import amounts, payout
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, field, joined, table, tag
from tillgate.api.operators.desk.style import status, when
from tillgate.domain.orders.order import Order
from tillgate.domain.payouts.payout import is_payout
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.use_cases.operators import find
from tillgate.wiring import System

_HINT = "an order's or transfer's reference, a PSP's reference, a key or id"


def view(asked: Asked, system: System) -> Html:
    text = asked.typed("find.text") or asked.text("text")
    if is_payout(text):
        return joined([search(asked, text), payout.view(asked.carrying(payout_id=text), system)])
    if text:
        return joined([search(asked, text), _found(asked, find.find(system, text), complete=True)])
    if asked.typed("find.amount"):
        return joined([search(asked), _of_a_day(asked, system)])
    return search(asked)


def search(asked: Asked, text: str = "") -> Html:
    """The form; what was typed stays in it."""
    carried = {"view": "find"}
    return tag(
        "form",
        tag(
            "div",
            field("What the customer or the statement says", "find.text", text, _HINT, size=52),
            button("Find", asked.reads, carried, primary=True),
            class_="row",
        ),
        tag(
            "div",
            field("or a merchant", "find.merchant_id", asked.typed("find.merchant_id"), "mer_..."),
            field("its day", "find.day", asked.typed("find.day"), "2030-01-31"),
            field("amount", "find.amount", asked.typed("find.amount"), "49.99"),
            field("currency", "find.currency", asked.typed("find.currency") or "EUR", size=5),
            button("Find by amount", asked.reads, carried),
            class_="row",
        ),
    )


def _of_a_day(asked: Asked, system: System) -> Html:
    currency = asked.typed("find.currency").upper()
    amount = amounts.typed(asked.typed("find.amount"), currency if currency in DECIMALS else "EUR") or 0
    found, complete = find.find_by_amount(system, asked.typed("find.merchant_id"), asked.typed("find.day"), amount)
    return _found(asked, [each for each in found if each.order.currency == currency], complete=complete)


def _found(asked: Asked, found: list[find.Found], *, complete: bool) -> Html:
    more = None if complete else tag("p", "The day has more orders than are looked through.", class_="warn")
    if not found:
        return joined([tag("p", "Nothing was found.", role="status"), more])
    return joined([lines(asked, ((each.order, each.by) for each in found), "Found", "Found by"), more])


def lines(asked: Asked, orders: Iterable[tuple[Order, object]], caption: str, last: str) -> Html:
    """Orders in a table, each with its way in."""
    return table(
        ("Reference", "Status", "Amount", "Created", "Merchant", last, "Way in"),
        (
            (
                order.order_reference,
                status(order.status),
                amounts.shown(order.amount, order.currency),
                when(order.created_at),
                order.merchant_id,
                note,
                open_order(asked, order.order_key),
            )
            for order, note in orders
        ),
        caption,
    )


def open_order(asked: Asked, order_key: str, label: str = "Open") -> Html:
    return button(label, asked.reads, {"view": "order", "order_key": order_key})

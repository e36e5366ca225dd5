"""The shop's pages as HTML text. All external data is escaped with `e`."""

from __future__ import annotations

import json
import time
from html import escape as e
from typing import Any

from .shop import GOODS

JSON = dict[str, Any]
CARDS = ("tok_visa", "tok_visa_3ds", "tok_declined", "tok_pending", "tok_late_failure", "tok_timeout")
PAYMENT_HEADS = '<th>Method</th><th>Status</th><th class="n">Amount</th><th>Do</th>'
EVENT_HEADS = "<th>At (UTC)</th><th>Event</th><th>Outcome</th><th>By</th>"
SPANS = {31: "31 minutes", 121: "2 hours", 7 * 24 * 60 + 1: "7 days"}


def money(amount: int, currency: str = "EUR") -> str:
    return f"{amount / 100:,.2f} {currency}"


def page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{e(title)} - Corner Shop</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css"></head>
<body><header><nav aria-label="Shop"><strong>Corner Shop</strong> <a href="/">Cart</a> <a href="/orders">Orders</a>
<a href="/inbox">Inbox</a></nav></header><main><h1>{e(title)}</h1>{body}</main></body></html>"""


def cart(trouble: str = "") -> str:
    rows = "".join(
        f'<tr><td><label for="{key}">{e(name)}</label></td><td class="n">{money(price)}</td><td class="n">'
        f'<input type="number" id="{key}" name="{key}" value="1" min="0" max="99"></td></tr>'
        for key, (name, price) in GOODS.items()
    )
    alert = f'<p role="alert" class="box">{e(trouble)}</p>' if trouble else ""
    cards = "".join(f"<option>{card}</option>" for card in CARDS)
    return page(
        "Your cart",
        f"""{alert}<form class="cart" method="post" action="/checkout">
<table><thead><tr><th>Article</th><th class="n">Price</th><th class="n">Quantity</th></tr></thead>
<tbody>{rows}</tbody></table>
<div class="row"><label>Take the money <select name="capture"><option value="manual">when we ship</option>
<option value="auto">at once</option></select></label></div>
<div class="row"><button class="go" name="how" value="menu">Check out</button></div>
<p>The shopper chooses how to pay on Tillgate's menu.</p>
<details class="box"><summary>Or without the menu</summary><p>A direct call: the shop has a card's token already.</p>
<div class="row"><label>Card <select name="token">{cards}</select></label>
<button name="how" value="direct">Pay directly</button></div></details></form>""",
    )


def unknown() -> str:
    return page("Welcome back", '<p>We know of no order here.</p><p><a href="/">To the cart</a></p>')


def returned(order: JSON) -> str:
    """The page that the shopper returns to. It shows the order's status and does not trust the URL."""
    key, status = e(order["order_key"]), order["status"]
    about = f"""<p>Order {e(order["order_reference"])}: {money(order["amount"], order["currency"])}, {status}.</p>
<p><a href="/orders/{key}">Behind the counter</a></p>"""
    if "considered_safe" in order:
        return page("Thank you!", f"<p>Your order is paid and on its way.</p>{about}")
    if status in ("AUTHORIZED", "PAID") or any(payment["pending"] for payment in order["payments"]):
        return page("Almost there", f"<p>We wait for your bank to send the money. We will write to you.</p>{about}")
    again = f'<p><a href="{e(order["menu_url"])}">Try again</a></p>' if "start" in order["allowed_operations"] else ""
    return page("You have not paid", f"<p>Nothing was charged.</p>{again}{about}")


def _table(name: str, heads: str, rows: str) -> str:
    """A table that scrolls horizontally on small screens, by keyboard too."""
    if not rows:
        return "<p>Nothing yet.</p>"
    scrolled = f'<div class="wide" role="region" aria-label="{e(name)}" tabindex="0">'
    return f"{scrolled}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"


def orders(found: list[JSON]) -> str:
    rows = "".join(
        f'<tr><td><a href="/orders/{e(each["order_key"])}">{e(each["order_reference"])}</a></td>'
        f'<td>{each["status"]}</td><td class="n">{money(each["amount"], each["currency"])}</td></tr>'
        for each in found
    )
    return page("Orders", _table("Orders", '<th>Order</th><th>Status</th><th class="n">Amount</th>', rows))


def order(found: JSON, history: list[JSON]) -> str:
    """The merchant's view of an order, with a button for each operation that the API allows."""
    key, currency = e(found["order_key"]), found["currency"]
    safe = found.get("considered_safe")
    ship = f"Safe to ship: {safe['level']}" if safe else "Not safe to ship yet"
    payments = "".join(_payment(key, currency, each) for each in found["payments"])
    whole = "".join(_button(key, name, name.capitalize()) for name in found["allowed_operations"] if name in ENDINGS)
    spans = "".join(_button(key, "time", text, minutes=str(minutes)) for minutes, text in SPANS.items())
    events = "".join(
        f"<tr><td>{e(each['at'][11:19])}</td><td>{e(each['type'])}</td><td>{e(each.get('status') or '')}</td>"
        f"<td>{e(each['actor'])}</td></tr>"
        for each in history
    )
    return page(
        f"Order {found['order_reference']}",
        f"""<div class="box"><p><strong>{found["status"]}</strong>, {money(found["amount"], currency)}. {ship}.</p>
<p><a href="{e(found["menu_url"])}">The shopper's menu</a></p>{whole}</div>
<h2>Payments</h2>{_table("Payments", PAYMENT_HEADS, payments)}
<h2>Close the page and let time pass</h2>
<p>The local system only: what falls due in that time is done at once.</p>{spans}
<h2>History</h2>{_table("History", EVENT_HEADS, events)}""",
    )


def _payment(key: str, currency: str, payment: JSON) -> str:
    status = payment["status"] + (" …" if payment["pending"] else "")
    return (
        f"<tr><td>{e(payment['method'])} {e(payment['brand'] or '')}</td>"
        f"<td>{status} {e(payment['reason_code'] or '')}</td>"
        f'<td class="n">{money(payment["amount"], currency)}</td><td>{_buttons(key, payment)}</td></tr>'
    )


ENDINGS = ("cancel", "withdraw", "refund")


def _buttons(key: str, payment: JSON) -> str:
    names = [name for name in payment["allowed_operations"] if name in ("capture", "cancel", "refund", "sync")]
    return "".join(_button(key, name, name.capitalize(), payment_id=payment["payment_id"]) for name in names)


def _button(key: str, operation: str, text: str, **fields: str) -> str:
    hidden = "".join(f'<input type="hidden" name="{name}" value="{e(value)}">' for name, value in fields.items())
    action = f"/orders/{key}/{operation}"
    return f'<form method="post" action="{action}">{hidden}<button>{e(text)}</button></form>'


def inbox(messages: list[JSON]) -> str:
    rows = "".join(
        f"<tr><td>{time.strftime('%H:%M:%S', time.gmtime(each['received_at']))}</td><td>{e(each['kind'])}</td>"
        f"<td>{e(each.get('query') or _told(each))}</td><td>{_seal(each)}</td></tr>"
        for each in reversed(messages[-50:])
    )
    heads = "<th>At (UTC)</th><th>Kind</th><th>What it says</th><th>Signature</th>"
    return page("Inbox", _table("Messages", heads, rows))


def _told(message: JSON) -> str:
    data = json.loads(message.get("body") or "{}").get("data", {})
    return f"{data.get('order_reference', '')} {data.get('status', '')} (version {data.get('version', '')})"


def _seal(message: JSON) -> str:
    return {True: "genuine", False: "wrong", None: "none"}[message.get("genuine")]


def refused(problem: JSON) -> str:
    return page(
        "That was refused",
        f"""<p>{e(str(problem.get("detail")))}</p><pre tabindex="0">{e(json.dumps(problem, indent=2))}</pre>""",
    )

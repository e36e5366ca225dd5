"""What the shop's pages share, as HTML text. All external data is escaped with `e`."""

from __future__ import annotations

from html import escape as e

from tillgate_sdk import models

from .goods import GOODS
from .words import money


def page(title: str, body: str, heading: str | None = None) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{e(title)} · Corner Shop</title><link rel="icon" href="/logo.svg"><link rel="stylesheet" href="/shop.css"></head>
<body><header><nav aria-label="Shop"><a class="brand" href="/">Corner Shop</a>
<span class="who">Behind the counter</span>
<a href="/orders">Orders</a> <a href="/inbox">Inbox</a> <a href="/methods">Methods</a></nav></header>
<main><h1>{e(heading or title)}</h1>{body}</main>
<footer><nav aria-label="About"><a href="/docs">API docs</a> <a href="/desk">Operators' desk</a>
<a href="/source">Source</a> <a href="/terms">Terms</a> <a href="/privacy">Privacy</a>
<a href="/contact">Contact</a></nav>
<p>A demo on your machine. Everything is made up, and no money moves.</p></footer></body></html>"""


def drawing(article: str) -> str:
    shown = GOODS[article].drawing
    return f'<svg class="goods" viewBox="0 0 120 90" aria-hidden="true" focusable="false">{shown}</svg>'


def lines(order: models.Order) -> str:
    drawings = {article.name: drawing(key) for key, article in GOODS.items()}
    currency = order["currency"]
    rows = "".join(
        f"<li>{drawings.get(item['name'], '')}<span>{e(str(item.get('quantity', 1)))} &times; {e(item['name'])}</span>"
        f"<span>{money(item['amount'], currency) if item.get('amount') is not None else ''}</span></li>"
        for item in order.get("items") or []
    )
    return f'{rows}<li class="total"><span>Total</span><strong>{money(order["amount"], currency)}</strong></li>'


def table(name: str, heads: str, rows: str) -> str:
    """A table that scrolls horizontally on small screens, by keyboard too."""
    if not rows:
        return "<p>Nothing yet.</p>"
    scrolled = f'<div class="wide" role="region" aria-label="{e(name)}" tabindex="0">'
    return f"{scrolled}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"


def status_badge(status: str) -> str:
    kind = {"PAID": "good", "AUTHORIZED": "good", "CAPTURED": "good", "SETTLED": "good"}
    kind |= dict.fromkeys(("FAILED", "MANUAL_INTERVENTION_NEEDED", "CANCEL_FAILED", "REFUND_FAILED"), "bad")
    return f'<span class="status {kind.get(status, "")}">{status}</span>'

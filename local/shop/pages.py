"""The shop's pages as HTML text. All external data is escaped with `e`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from html import escape as e
from pathlib import Path
from typing import Any

from . import words
from .goods import GOODS
from .words import money

JSON = dict[str, Any]
HERE = Path(__file__).parent
INSTRUMENTS: list[JSON] = json.loads((HERE.parent / "instruments.json").read_text())
CARDS = {each["token"]: each["does"].replace("`", "") for each in INSTRUMENTS if "card" in each["methods"]}
SPANS = {31: "31 minutes", 121: "2 hours", 7 * 24 * 60 + 1: "7 days"}
TEXTS = {
    "terms": (
        "Terms",
        "A demo: nothing is sold and no money moves. Orders last as long as the local system.",
    ),
    "privacy": ("Privacy", "This demo keeps what you type on this machine, and forgets it when the local system ends."),
    "contact": ("Contact", "A real shop would tell you here how to reach it."),
}


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


def _alert(trouble: str) -> str:
    return f'<p role="alert" class="box bad" tabindex="-1" autofocus>{e(trouble)}</p>' if trouble else ""


def shelf(trouble: str = "") -> str:
    cards = "".join(
        f'<li class="card">{drawing(key)}<h2>{e(article.name)}</h2><p>{e(article.about)}</p>'
        f'<div class="row"><strong>{money(article.price)}</strong><label for="{key}">How many'
        f'<span class="spoken"> of {e(article.name)}</span></label><input type="number" id="{key}" name="{key}" '
        f'value="{1 if key in ("bread", "honey") else 0}" min="0" max="99"></div></li>'
        for key, article in GOODS.items()
    )
    return page(
        "Good things, from around the corner",
        f"""{_alert(trouble)}<form method="get" action="/cart"><ul class="shelf">{cards}</ul>
<p class="end"><button class="go">To the cart</button></p></form>""",
    )


def cart(bought: Mapping[str, int], trouble: str = "", gift_card: str = "") -> str:
    """What was chosen, a gift card, and two ways to pay."""
    total = sum(GOODS[article].price * number for article, number in bought.items())
    lines = "".join(
        f"<li>{drawing(article)}<span>{number} &times; {e(GOODS[article].name)}</span>"
        f"<strong>{money(GOODS[article].price * number)}</strong></li>"
        for article, number in bought.items()
    )
    hidden = "".join(f'<input type="hidden" name="{key}" value="{number}">' for key, number in bought.items())
    change = "&".join(f"{key}={number}" for key, number in bought.items())
    wrong = ' aria-invalid="true" aria-describedby="wrong" autofocus' if trouble else ""
    said = f'<p class="wrong" id="wrong">{e(trouble)}</p>' if trouble else ""
    cards = "".join(f'<option value="{token}">{token}: {e(does)}</option>' for token, does in CARDS.items())
    return page(
        "Your cart",
        f"""<form class="checkout" method="post" action="/checkout?{e(change)}">{hidden}
<section class="box"><ul class="lines">{lines}
<li class="total"><span>Total</span><strong>{money(total)}</strong></li></ul>
<label for="gift_card">Gift card <small>try gc_1000, which has €10 on it</small></label>
<input id="gift_card" name="gift_card" value="{e(gift_card)}" maxlength="100" autocomplete="off"{wrong}>{said}
<p><a href="/">Choose something else</a></p></section>
<section class="box"><button class="go" name="how" value="menu">Check out</button>
<p>You choose how to pay on Tillgate's payment page.</p>
<details><summary>Pay here instead, on a page of the shop</summary>
<p>A real shop has the PSP's card fields here, which give it a token. These tokens each do something else:</p>
<label for="token">Card</label><select id="token" name="token">{cards}</select>
<button name="how" value="direct">Pay directly</button></details>
<details><summary>When the money is taken</summary><label for="capture">Take the money</label>
<select id="capture" name="capture">
<option value="manual">when we ship</option><option value="auto">at once</option></select></details>
</section></form>""",
    )


def unknown() -> str:
    return page("Welcome back", '<p>We know of no order here.</p><p><a href="/">To the shop</a></p>')


def returned(order: JSON) -> str:
    """The page that the shopper returns to. It shows what the order says and does not trust the URL."""
    key, currency = e(order["order_key"]), order["currency"]
    heading, sentence = words.to_shopper(order)
    actions = ""
    if any("instructions" in each for each in order["payments"]):
        actions = f'<a class="go" href="{e(order["menu_url"])}">Show the account again</a>'
    elif "start" in order["allowed_operations"]:
        actions = f'<a class="go" href="{e(order["menu_url"])}">Try again</a>'
    paid = "".join(
        f"<li><span>{e(words.tender(each))}</span><span>{money(each['amount'], currency)}</span></li>"
        for each in order["payments"]
        if each["amounts"]["authorized"] > each["amounts"]["cancelled"]
    )
    return page(
        f"{heading} {order['order_reference']}",
        f"""<p class="lead">{e(sentence)}</p><p>{actions}</p>
<section class="box"><ul class="lines">{_lines(order)}{paid}</ul>
<p>Order {e(order["order_reference"])}. <a href="/orders/{key}">Behind the counter</a></p></section>
<p><a href="/">Back to the shelves</a></p>""",
        heading,
    )


def _lines(order: JSON) -> str:
    drawings = {article.name: drawing(key) for key, article in GOODS.items()}
    currency = order["currency"]
    lines = "".join(
        f"<li>{drawings.get(item['name'], '')}<span>{e(str(item.get('quantity', 1)))} &times; {e(item['name'])}</span>"
        f"<span>{money(item['amount'], currency) if item.get('amount') is not None else ''}</span></li>"
        for item in order.get("items") or []
    )
    return f'{lines}<li class="total"><span>Total</span><strong>{money(order["amount"], currency)}</strong></li>'


def _table(name: str, heads: str, rows: str) -> str:
    """A table that scrolls horizontally on small screens, by keyboard too."""
    if not rows:
        return "<p>Nothing yet.</p>"
    scrolled = f'<div class="wide" role="region" aria-label="{e(name)}" tabindex="0">'
    return f"{scrolled}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"


def _status(status: str) -> str:
    kind = {"PAID": "good", "AUTHORIZED": "good", "CAPTURED": "good", "SETTLED": "good"}
    kind |= dict.fromkeys(("FAILED", "MANUAL_INTERVENTION_NEEDED", "CANCEL_FAILED", "REFUND_FAILED"), "bad")
    return f'<span class="status {kind.get(status, "")}">{status}</span>'


def orders(found: list[JSON]) -> str:
    rows = "".join(
        f'<tr><td><a href="/orders/{e(each["order_key"])}">{e(each["order_reference"])}</a></td>'
        f"<td>{_status(each['status'])} {e(words.ORDERS[each['status']])}</td>"
        f'<td class="n">{money(each["amount"], each["currency"])}</td></tr>'
        for each in found
    )
    return page("Orders", _table("Orders", '<th>Order</th><th>How it stands</th><th class="n">Amount</th>', rows))


def order(found: JSON, history: list[JSON]) -> str:
    """The merchant's view of an order, with a form for each operation that the API allows."""
    key, currency = e(found["order_key"]), found["currency"]
    safe = found.get("considered_safe")
    ship = f"<strong>Safe to ship</strong> ({safe['level']})" if safe else "<strong>Not safe to ship yet</strong>"
    payments = "".join(_payment(key, currency, each) for each in found["payments"]) or "<p>Nothing yet.</p>"
    allowed = [name for name in found["allowed_operations"] if name in ENDINGS]
    whole = "".join(_form(key, name, f"{ENDINGS[name]} the whole order") for name in allowed)
    spans = "".join(_form(key, "time", text, minutes=str(minutes)) for minutes, text in SPANS.items())
    operations: dict[str, str] = {}
    events = "".join(
        f"<tr><td>{e(each['at'][11:19])}</td><td>{e(words.happened(each, operations, currency))}</td>"
        f"<td>{e(each['actor'])}</td><td><code>{e(each['type'])}</code></td></tr>"
        for each in history
    )
    heads = "<th>At (UTC)</th><th>What happened</th><th>By</th><th>Event</th>"
    return page(
        f"Order {found['order_reference']}",
        f"""<section class="box state"><p>{_status(found["status"])} {e(words.ORDERS[found["status"]])}.</p>
<p>{ship}.</p>
<ul class="lines">{_lines(found)}</ul>
<p><a href="{e(found["menu_url"])}">The shopper's payment page</a> · <a href="/return/success?order_key={key}">What the
shopper sees in the shop</a></p><div class="row">{whole}</div></section>
<h2>Payments</h2>{payments}
<h2>Let time pass</h2><p>On the local system only: what falls due in that time is done at once.</p>
<div class="row">{spans}</div>
<h2>History</h2>{_table("History", heads, events)}""",
    )


ENDINGS = {"cancel": "Cancel", "withdraw": "Withdraw", "refund": "Refund"}
BUTTONS = {"capture": "Capture", "cancel": "Release", "refund": "Refund", "sync": "Ask the PSP"}


def _payment(key: str, currency: str, payment: JSON) -> str:
    amounts = payment["amounts"]
    held = amounts["authorized"] - amounts["captured"] - amounts["cancelled"]
    most = {"capture": held, "cancel": held, "refund": amounts["captured"] - amounts["refunded"]}
    why = f": {words.reason(payment['reason_code'])}" if payment["reason_code"] else ""
    waits = " An operation is at the PSP." if payment["pending"] else ""
    sums = "".join(
        f"<li><span>{name}</span><span>{money(sum_, currency)}</span></li>"
        for name, sum_ in (("Reserved", held), ("Taken", amounts["captured"]), ("Given back", amounts["refunded"]))
        if sum_ > 0
    )
    forms = "".join(
        _form(key, name, BUTTONS[name], most.get(name), payment_id=payment["payment_id"])
        for name in payment["allowed_operations"]
        if name in BUTTONS
    )
    return f"""<section class="box" aria-label="{e(words.tender(payment))}"><p>{_status(payment["status"])}
<strong>{e(words.tender(payment))}</strong>, {money(payment["amount"], currency)},
{e(words.PAYMENTS[payment["status"]])}{e(why)}.{waits}</p>
<ul class="lines">{sums}</ul><div class="row">{forms}</div></section>"""


def _form(key: str, operation: str, text: str, most: int | None = None, **fields: str) -> str:
    """A button; with `most`, it is for an amount of that at most."""
    hidden = "".join(f'<input type="hidden" name="{name}" value="{e(value)}">' for name, value in fields.items())
    name = f"{operation}-{fields.get('payment_id', '')}"
    amount = (
        f'<label for="{name}">{e(text)} <span class="spoken">amount in euros</span></label>'
        f'<input id="{name}" name="amount" value="{most / 100:.2f}" inputmode="decimal" autocomplete="off">'
        if most
        else ""
    )
    return f'<form method="post" action="/orders/{key}/{operation}">{hidden}{amount}<button>{e(text)}</button></form>'


def inbox(messages: list[JSON]) -> str:
    """Signed events, newest first, each with what its verification said; pings of the update URL apart from them."""
    signed = [each for each in reversed(messages) if each["kind"] == "notification"]
    pings = [each for each in reversed(messages) if each["kind"] == "update"]
    events = "".join(_event(each) for each in signed[:20]) or "<p>Nothing yet.</p>"
    rows = "".join(
        f"<tr><td>{_clock(each)}</td><td><code>GET /update?{e(each['query'])}</code></td></tr>" for each in pings[:50]
    )
    return page(
        "Inbox",
        f"""<p>What Tillgate told this shop. Each event is signed; the shop verifies it before it believes it.</p>
{events}
<h2>Pings of the update URL</h2>
<p>They say that an order has changed and prove nothing, so the shop reads the order.</p>
<details><summary>{len(pings)} pings</summary>{_table("Pings", "<th>At (UTC)</th><th>Call</th>", rows)}</details>""",
    )


def _event(message: JSON) -> str:
    genuine = message["genuine"]
    try:
        event = json.loads(message["body"])
        data, kind = event["data"], event["type"]
    except (ValueError, KeyError, TypeError):
        event, data, kind = {"body": message["body"]}, {}, "not an event"
    told = [
        data.get("order_reference"),
        data.get("status"),
        f"version {data['version']}" if "version" in data else None,
    ]
    headers = {name: value for name, value in message["headers"].items() if name.startswith("webhook-")}
    shown = "\n".join(f"{name}: {value}" for name, value in headers.items())
    seal = '<span class="status good">genuine</span>' if genuine else '<span class="status bad">not genuine</span>'
    how = (
        "HMAC-SHA256 of id.timestamp.body with the signing secret is the signature, and it is fresh."
        if genuine
        else ("No signature fits, or it is too old: the shop did not believe it.")
    )
    return f"""<details class="event"><summary><span>{_clock(message)}</span> {seal} <code>{e(kind)}</code>
<span>{e(" · ".join(str(each) for each in told if each))}</span></summary>
<p>{how}</p><pre tabindex="0">{e(shown)}</pre><pre tabindex="0">{e(json.dumps(event, indent=2))}</pre></details>"""


def _clock(message: JSON) -> str:
    return time.strftime("%H:%M:%S", time.gmtime(message["received_at"]))


def methods(found: list[JSON]) -> str:
    rows = "".join(
        f"<tr><td>{e(words.METHODS[each['method']])}</td><td>{'offered' if each['enabled'] else 'not offered'}</td>"
        f'<td><form method="post" action="/methods/{each["method"]}"><input type="hidden" name="enabled" '
        f'value="{"" if each["enabled"] else "yes"}"><button>{"Stop offering" if each["enabled"] else "Offer"} '
        f'<span class="spoken">{e(words.METHODS[each["method"]])}</span></button></form></td></tr>'
        for each in found
    )
    return page(
        "Methods",
        f"""<p>What the payment page offers. A change takes effect within a minute.</p>
{_table("Methods", "<th>Method</th><th>Now</th><th>Change it</th>", rows)}""",
    )


def source() -> str:
    shown = "".join(
        f'<h2>{name}</h2><pre tabindex="0">{e((HERE / name).read_text())}</pre>' for name in ("shop.py", "tillgate.py")
    )
    return page(
        "Source", f"<p>All that is to copy: with these two modules, a shop takes payments by Tillgate.</p>{shown}"
    )


def text(name: str) -> str:
    title, sentence = TEXTS[name]
    return page(title, f"<p>{e(sentence)}</p>")


def refused(problem: JSON) -> str:
    said = words.PROBLEMS.get(str(problem.get("code"))) or str(problem.get("detail"))
    return page(
        "That was refused",
        f"""<p class="lead">{e(said)}</p><details><summary>The whole answer</summary>
<pre tabindex="0">{e(json.dumps(problem, indent=2))}</pre></details><p><a href="/orders">To the orders</a></p>""",
    )

"""The pages behind the counter: what the shop itself sees of its orders, events and payment methods."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from html import escape as e
from pathlib import Path
from typing import Any

from tillgate_sdk import models

from . import words
from .layout import lines, page, status_badge, table
from .words import money

JSON = Mapping[str, Any]
SPANS = {31: "31 minutes", 121: "2 hours", 7 * 24 * 60 + 1: "7 days"}


def orders(found: Iterable[JSON]) -> str:
    rows = "".join(
        f'<tr><td><a href="/orders/{e(each["order_key"])}">{e(each["order_reference"])}</a></td>'
        f"<td>{status_badge(each['status'])} {e(words.ORDERS[each['status']])}</td>"
        f'<td class="n">{money(each["amount"], each["currency"])}</td></tr>'
        for each in found
    )
    return page("Orders", table("Orders", '<th>Order</th><th>How it stands</th><th class="n">Amount</th>', rows))


def order(found: models.Order, history: Iterable[JSON]) -> str:
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
        f"""<section class="box state"><p>{status_badge(found["status"])} {e(words.ORDERS[found["status"]])}.</p>
<p>{ship}.</p>
<ul class="lines">{lines(found)}</ul>
<p><a href="{e(found["menu_url"])}">The shopper's payment page</a> · <a href="/return/success?order_key={key}">What the
shopper sees in the shop</a></p><div class="row">{whole}</div></section>
<h2>Payments</h2>{payments}
<h2>Let time pass</h2><p>On the local system only: what falls due in that time is done at once.</p>
<div class="row">{spans}</div>
<h2>History</h2>{table("History", heads, events)}""",
    )


ENDINGS = {"cancel": "Cancel", "withdraw": "Withdraw", "refund": "Refund"}
BUTTONS = {"capture": "Capture", "cancel": "Release", "refund": "Refund", "sync": "Ask the PSP"}


def _payment(key: str, currency: str, payment: models.Payment) -> str:
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
    return f"""<section class="box" aria-label="{e(words.tender(payment))}"><p>{status_badge(payment["status"])}
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


def inbox(messages: Sequence[JSON]) -> str:
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
<details><summary>{len(pings)} pings</summary>{table("Pings", "<th>At (UTC)</th><th>Call</th>", rows)}</details>""",
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


def methods(found: Iterable[models.AccountMethod]) -> str:
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
{table("Methods", "<th>Method</th><th>Now</th><th>Change it</th>", rows)}""",
    )


def source() -> str:
    shown = f'<h2>shop.py</h2><pre tabindex="0">{e(Path(__file__).with_name("shop.py").read_text())}</pre>'
    return page(
        "Source",
        f"<p>All that is to copy: with this module and Tillgate's Python SDK, a shop takes payments.</p>{shown}",
    )


def refused(said: str, answer: JSON | None = None) -> str:
    """Why something was not done, in plain words, and what the API answered."""
    whole = f'<pre tabindex="0">{e(json.dumps(answer, indent=2))}</pre>' if answer else ""
    details = f"<details><summary>The whole answer</summary>{whole}</details>" if whole else ""
    return page("That was refused", f'<p class="lead">{e(said)}</p>{details}<p><a href="/orders">To the orders</a></p>')

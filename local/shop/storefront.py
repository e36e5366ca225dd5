"""The pages that a shopper sees: the shelves, the cart, and where the payment page leads back to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape as e
from pathlib import Path
from typing import Any

from tillgate_sdk import models

from . import words
from .goods import GOODS
from .layout import drawing, lines, page
from .words import money

INSTRUMENTS: list[dict[str, Any]] = json.loads(Path(__file__).parent.with_name("instruments.json").read_text())
CARDS = {each["token"]: each["does"].replace("`", "") for each in INSTRUMENTS if "card" in each["methods"]}
TEXTS = {
    "terms": (
        "Terms",
        "A demo: nothing is sold and no money moves. Orders last as long as the local system.",
    ),
    "privacy": ("Privacy", "This demo keeps what you type on this machine, and forgets it when the local system ends."),
    "contact": ("Contact", "A real shop would tell you here how to reach it."),
}


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


def returned(order: models.Order) -> str:
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
<section class="box"><ul class="lines">{lines(order)}{paid}</ul>
<p>Order {e(order["order_reference"])}. <a href="/orders/{key}">Behind the counter</a></p></section>
<p><a href="/">Back to the shelves</a></p>""",
        heading,
    )


def text(name: str) -> str:
    title, sentence = TEXTS[name]
    return page(title, f"<p>{e(sentence)}</p>")

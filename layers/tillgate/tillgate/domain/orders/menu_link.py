"""The link to an order's menu, and the way back to it from a PSP (CM-3, ADR 137).

An order's key is a name: it is in payment ids, references at PSPs and logs. The menu is opened by a key of its own.
"""

import hmac
from hashlib import sha256
from urllib.parse import urlencode

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Payment


def menu_url(api_url: str, order: Order, page: str = "", **query: object) -> str:
    """Of the menu or one of its pages, such as `/wait`. Only for the merchant, and whoever came with this key.

    The key is in the query, which neither the access log nor a trace keeps.
    """
    told = ({"key": order.menu_key} if order.menu_key else {}) | query
    return f"{api_url}/pay/{order.order_key}{page}" + (f"?{urlencode(told)}" if told else "")


def opens_menu(order: Order, given: str) -> bool:
    """Whether this is the order's menu key; takes the same time wherever it differs."""
    return order.menu_key is not None and _same(order.menu_key, given)


def way_back(payment: Payment) -> str | None:
    """What the return URL of a payment carries that was started on the menu: 128 bits that do not tell the menu's key.

    It stays the same when the link is renewed, as a PSP wants a repeated request to be the same.
    """
    if payment.menu_key is None:
        return None
    return hmac.digest(payment.menu_key.encode(), payment.payment_id.encode(), sha256).hex()[:32]


def leads_back(order: Order, payment: Payment, given: str) -> bool:
    """Whether the browser that brings this may be sent to the menu: not once the link it came by has ended."""
    expected = way_back(payment) if payment.menu_key == order.menu_key else None
    return expected is not None and _same(expected, given)


def _same(known: str, given: str) -> bool:
    return hmac.compare_digest(known.encode(), given.encode(errors="replace"))

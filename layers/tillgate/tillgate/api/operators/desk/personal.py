"""An order's personal data at the desk: masked for whoever reads orders, whole for who may see it (ADR 150).

The widget's parameter `personal_data`, if it is `offered`, has the desk show the button; IAM decides whether it works.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.find import open_order
from tillgate.api.operators.desk.html import Html, button, joined, table, tag
from tillgate.api.operators.desk.style import alert, widget
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System, system

OFFERED = "offered"
MOST = 100  # lines
_ADDRESS = ("name", "line1", "line2", "city", "postal_code", "region", "country")
_SHOPPER = ("shopper_reference", "name", "email", "phone", "locale")


def masked(asked: Asked, order: Order) -> Html | None:
    """For whoever reads orders: enough to compare with what a customer says, too little to reach them."""
    if order.erased_at:
        return tag("p", "Its personal data was erased.", class_="quiet")
    lines = [(name, mask(text)) for name, text in _flat(order.customer or {})]
    if not lines and not order.terms.shopper_key and not order.invoice:
        return None
    shown = table(("What", "Masked"), lines[:MOST], "Customer") if lines else None
    whose = tag("p", "Shopper ", tag("code", order.terms.shopper_key)) if order.terms.shopper_key else None
    to = os.environ.get("DESK_PERSONAL_ARN", "")
    carried = {"order_key": order.order_key, "reads": asked.reads}
    offered = button("Show personal data", to, carried) if to and asked.text("personal_data") == OFFERED else None
    return joined([tag("h3", "Who it is for"), shown, whose, offered])


def mask(text: str) -> str:
    """The first character, and the domain's ending of an address: `a*** @ ***.com`."""
    name, at, domain = text.strip().partition("@")
    if at:
        return f"{name[:1]}*** @ ***.{domain.rpartition('.')[2]}"
    return f"{name[:1]}***" if name else ""


def page(asked: Asked, context: Any) -> str:
    """The widget's HTML."""
    logger.clear_state()
    request_id = getattr(context, "aws_request_id", None)
    logger.info("personal data shown", extra={"order_key": asked.text("order_key"), "request": request_id})
    try:
        said = _whole(asked, system())
    except Refusal as refusal:
        said = alert(refusal.detail)
    return widget(asked.theme, said)


def _whole(asked: Asked, system: System) -> Html:
    order = load(system, asked.needed("order_key"))
    lines = list(_flat(order.customer or {}))
    rows = [("Customer", name, text) for name, text in lines]
    rows += _of_shopper(system, order)
    if order.invoice and (recipient := system.recipients.load(order.order_key)):
        rows += [("Invoice", "name", recipient.name or ""), ("Invoice", "email", recipient.email)]
    shown = table(("Of", "What", "Is"), rows[:MOST], f"Personal data of {order.order_reference}") if rows else None
    nothing = None if rows else tag("p", "There is none, or it was erased.", role="status")
    return joined([shown, nothing, open_order(asked, order.order_key, "Back to the order")])


def _of_shopper(system: System, order: Order) -> list[tuple[str, str, str]]:
    key = order.terms.shopper_key
    shopper = system.shoppers.load(order.merchant_id, key) if key else None
    if shopper is None:
        return []
    rows = [("Shopper", name, str(text)) for name in _SHOPPER if (text := getattr(shopper, name, None))]
    for address in shopper.addresses:
        named = "Address of the order" if address.address_key == order.terms.address_key else "Address"
        rows += [(named, name, str(text)) for name in _ADDRESS if (text := getattr(address, name, None))]
    return rows


def _flat(data: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The texts and numbers in it, each with its path."""
    if isinstance(data, Mapping):
        for name, each in data.items():
            yield from _flat(each, f"{path}.{name}" if path else str(name))
    elif isinstance(data, list | tuple):
        for number, each in enumerate(data):
            yield from _flat(each, f"{path}.{number}")
    elif data is not None:
        yield path, str(data)

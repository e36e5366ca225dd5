"""For operators: finds orders by whatever a customer, a merchant or a bank statement has in hand (ONE-9).

| what is given | how it is found |
| --- | --- |
| keys and ids of ours, also of operations, invoices, disputes, notifications, vendor payments | they name their order |
| the reference of a bank transfer, as people write it | its item |
| the PSP's reference of a payment | its item |
| the merchant's order reference | one item for each merchant |
| a shopper's e-mail address | a keyed hash of it, in an index |
| a merchant's day and amount | the merchant's list of that day |

Nothing reads a whole table of orders.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.disputes import payment_id_of_dispute
from tillgate.domain.shared.identifiers import aggregate_key_of, order_key_of_invoice, parent_of
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.domain.shared.time_zones import day_begins, day_ends
from tillgate.store.notifications.deliveries import order_key_of as order_key_of_notification
from tillgate.use_cases.orders.list_orders import Filter, list_orders
from tillgate.use_cases.psp.report_money import found_in
from tillgate.use_cases.shared.email_keys import email_key
from tillgate.wiring import System

MOST_FOUND = 20
MOST_OF_A_DAY = 2_000  # orders of a merchant's day that are looked through for an amount
LONGEST = 1_000
_OPERATION = re.compile(r"(pay_[^#_]+_(?:\d{1,9}|v[a-z2-7]{26}))(?:_.+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """`by`: what the text was recognized as."""

    order: Order
    by: str


def find(system: System, text: str, merchant_id: str | None = None) -> list[Found]:
    """The orders that the text leads to, at most 20. `merchant_id`: of this merchant alone."""
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise Refusal(f"pass 1 to {LONGEST} characters to look for", "/text")
    keys: dict[str, str] = {}
    for order_key, by in _keys(system, text, merchant_id):
        keys.setdefault(parent_of(order_key), by)
    orders = system.orders.load_many(list(islice(keys, MOST_FOUND)))
    return [Found(each, keys[each.order_key]) for each in orders if merchant_id in (None, each.merchant_id)]


def _keys(system: System, text: str, merchant_id: str | None) -> Iterator[tuple[str, str]]:
    """Keys of orders, or of what lies beside them, and what the text is."""
    yield from _named(text)
    if key := email_key(system, text, looks=True):
        for order_key in system.emails.order_keys(key):
            yield order_key, "the shopper's e-mail address"
    for payment_id in system.orders.payments_called(text):
        yield aggregate_key_of(payment_id), "the PSP's reference"
    for payment_id in found_in(system, text).values():
        yield aggregate_key_of(payment_id), "the reference of a bank transfer"
    whose = [merchant_id] if merchant_id else list(system.merchants.merchant_ids())
    for order_key in system.orders.keys_by_reference(whose, text):
        yield order_key, "the order's reference"


def _named(text: str) -> Iterator[tuple[str, str]]:
    """The order that an id of ours names."""
    operation = _OPERATION.fullmatch(payment_id_of_dispute(text) or text)
    if text.startswith("ord_"):
        yield text, "the order's key"
    elif text.startswith("inv_") and "#" not in text:
        yield order_key_of_invoice(text), "an invoice"
    elif order_key := order_key_of_notification(text):
        yield order_key, "a notification"
    elif operation:
        yield aggregate_key_of(operation[1]), "a payment"


def find_by_amount(system: System, merchant_id: str, day: str, amount: int) -> tuple[list[Found], bool]:
    """A merchant's orders of a day with an amount, their own or a payment's; and whether all of the day was looked at.

    `day` in the merchant's time zone, `amount` in minor units. Raises `Refusal`, `NotFound`.
    """
    merchant = system.merchants.merchant(merchant_id)
    if merchant is None:
        raise NotFound("there is no such merchant")
    begins, ends = (limit(_day(day), merchant.time_zone) for limit in (day_begins, day_ends))
    wanted = Filter(created_from=begins, created_to=ends - timedelta(milliseconds=1))
    orders = [order for order, _ in list_orders(system, merchant_id, wanted, limit=MOST_OF_A_DAY, before=None)]
    fitting = [Found(order, "day and amount") for order in orders if order and amount in _amounts(order)]
    return fitting[:MOST_FOUND], None not in orders


def _amounts(order: Order) -> Iterable[int]:
    return {order.amount, *(payment.amount for payment in order.payments)}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("must be a day, YYYY-MM-DD", "/day") from None

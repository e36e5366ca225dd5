"""Identifiers and where they lead: a payment's id names its order, a vendor payment's id its own aggregate.

    order             ord_x         payments  pay_x_1, pay_x_2 ...
    invoice           inv_x         the order ord_x
    vendor payment    ord_x#digest  payment   pay_x_vdigest

A vendor payment's digest is derived from its sub-order reference, so a reference can be used once per order, and a
repeated request finds the existing payment.
"""

import base64
import hashlib
import re

from tillgate.domain.shared.refusals import NotFound

_MERCHANT_ID = re.compile(r"mer_[0-9a-z]{1,40}")
_PAYMENT_ID = re.compile(r"pay_([^#]+)_(\d{1,9}|v[a-z2-7]{26})", re.ASCII)


def is_merchant_id(text: str) -> bool:
    """Whether an account could have this id."""
    return bool(_MERCHANT_ID.fullmatch(text))


def payment_id_of(order_key: str, number: int) -> str:
    """A payment's id names its order, so that one read finds a payment by its id alone."""
    return f"pay_{order_key.removeprefix('ord_')}_{number}"


def order_key_of(payment_id: str) -> str:
    """The key of the order that a payment's id names; raises `NotFound` if it names none."""
    return aggregate_key_of(payment_id).partition("#")[0]


def aggregate_key_of(payment_id: str) -> str:
    """The key of the payment's aggregate: its order, or the vendor payment itself. Raises `NotFound`."""
    found = _PAYMENT_ID.fullmatch(payment_id)
    if found is None:
        raise NotFound("this payment does not exist")
    order, number = found.groups()
    return f"ord_{order}#{number[1:]}" if number.startswith("v") else f"ord_{order}"


def vendor_key(order_key: str, sub_order_reference: str) -> str:
    """The key of a vendor payment's aggregate: the order's key and 128 bits of the reference's hash."""
    digest = hashlib.sha256(sub_order_reference.encode()).digest()[:16]
    return f"{order_key}#{base64.b32encode(digest).decode().rstrip('=').lower()}"


def vendor_payment_id(aggregate_key: str) -> str:
    order_key, _, digest = aggregate_key.partition("#")
    return f"{payment_id_of(order_key, 0)[:-1]}v{digest}"


def parent_of(aggregate_key: str) -> str:
    """The order's key, also for an order's own key."""
    return aggregate_key.partition("#")[0]


def is_of_order(key: str) -> bool:
    """Whether the key is that of an order or of a vendor payment."""
    return key.startswith("ord_")


def invoice_id_of(order_key: str) -> str:
    """An invoice is an order, and its id names that order."""
    return f"inv_{order_key.removeprefix('ord_')}"


def order_key_of_invoice(invoice_id: str) -> str:
    """The key of the order that an invoice's id names; raises `NotFound` if it names none."""
    if not invoice_id.startswith("inv_") or "#" in invoice_id:
        raise NotFound("this invoice does not exist")
    return f"ord_{invoice_id.removeprefix('inv_')}"

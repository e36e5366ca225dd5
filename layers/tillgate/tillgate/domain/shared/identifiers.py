"""What is found where: a payment's id names its order, and for a vendor payment the aggregate of its own.

    order             ord_x         payments  pay_x_1, pay_x_2 ...
    invoice           inv_x         the order ord_x
    vendor payment    ord_x#digest  payment   pay_x_vdigest

A vendor payment's digest is made of its sub-order reference, so a reference can be used once an order, and whoever
says it again finds what is there.
"""

import base64
import hashlib
import re

from tillgate.domain.shared.refusals import NotFound

_PAYMENT_ID = re.compile(r"pay_([^#]+)_(\d{1,9}|v[a-z2-7]{26})", re.ASCII)


def payment_id_of(order_key: str, number: int) -> str:
    """A payment's id names its order, so that a payment is found by its id alone with one read."""
    return f"pay_{order_key.removeprefix('ord_')}_{number}"


def order_key_of(payment_id: str) -> str:
    """The key of the order that a payment's id names; raises `NotFound` where it names none."""
    return aggregate_key_of(payment_id).partition("#")[0]


def aggregate_key_of(payment_id: str) -> str:
    """Where the payment lies: its order's key, or that of the vendor payment itself. Raises `NotFound`."""
    found = _PAYMENT_ID.fullmatch(payment_id)
    if found is None:
        raise NotFound("this payment does not exist")
    order, number = found.groups()
    return f"ord_{order}#{number[1:]}" if number.startswith("v") else f"ord_{order}"


def vendor_key(order_key: str, sub_order_reference: str) -> str:
    """The key of a vendor payment's aggregate: 128 bits of its reference's hash behind the order's key."""
    digest = hashlib.sha256(sub_order_reference.encode()).digest()[:16]
    return f"{order_key}#{base64.b32encode(digest).decode().rstrip('=').lower()}"


def vendor_payment_id(aggregate_key: str) -> str:
    order_key, _, digest = aggregate_key.partition("#")
    return f"{payment_id_of(order_key, 0)[:-1]}v{digest}"


def parent_of(aggregate_key: str) -> str:
    """The order's key, for an order's own too."""
    return aggregate_key.partition("#")[0]


def invoice_id_of(order_key: str) -> str:
    """An invoice is an order: its id names it."""
    return f"inv_{order_key.removeprefix('ord_')}"


def order_key_of_invoice(invoice_id: str) -> str:
    """The key of the order that an invoice's id names; raises `NotFound` where it names none."""
    if not invoice_id.startswith("inv_") or "#" in invoice_id:
        raise NotFound("this invoice does not exist")
    return f"ord_{invoice_id.removeprefix('inv_')}"

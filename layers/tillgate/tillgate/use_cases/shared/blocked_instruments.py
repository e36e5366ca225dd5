"""An instrument that only the PSP's answer names may be one that the merchant has blocked (US-3): its money never
counts, and goes back by itself.
"""

from dataclasses import replace

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.fingerprints import fingerprint
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.psp.facts import Fact
from tillgate.wiring import System


def marked(system: System, order: Order, facts: list[Fact]) -> list[Fact]:
    """The facts; those that approve a blocked instrument say so. The account is at most a minute old, and is read only
    where a PSP tells what a payment was approved with.
    """
    if not any(_approves(order, fact) for fact in facts):
        return facts
    merchant = system.merchants.merchant(order.merchant_id)
    blocked = merchant.blocked_fingerprints if merchant else ()
    return [
        replace(
            fact, blocked=bool(fact.fingerprint) and fingerprint(order.merchant_id, fact.fingerprint or "") in blocked
        )
        for fact in facts
    ]


def _approves(order: Order, fact: Fact) -> bool:
    payment = order.payment(fact.payment_id)
    undecided = payment is not None and payment.authorization.status.at_psp
    return undecided and fact.status is OperationStatus.SUCCEEDED and bool(fact.fingerprint)

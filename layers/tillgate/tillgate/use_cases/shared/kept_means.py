"""Keeps what a payment is paid with, so that its authorization can be sent again with its key.

This is needed only where the PSP cannot be asked by our key (`Manifest.ask` theirs, never) and has not said what became
of the authorization: repeating the request is then the only way to find out. So for other PSPs nothing is sealed, and
no call of KMS is made.
"""

import json
from typing import Any

from tillgate.connectors.host.cases import Means
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OperationRequested, OutcomeLearned
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, Payment
from tillgate.domain.psp.facts import Fact
from tillgate.wiring import System

PURPOSE = "payment-instrument"  # the grant of functions that call PSPs names it


def keeping(
    system: System, order: Order, request: OperationRequested, facts: list[Fact], means: Means | None
) -> list[dict[str, Any]]:
    """The write beside the outcome of a request; for most outcomes there is none."""
    payment = order.payment(request.payment_id)
    lost = any(fact.operation_id == request.operation_id and fact.status is OperationStatus.UNKNOWN for fact in facts)
    if payment is None or means is None or request.operation is not OperationType.AUTHORIZE or not lost:
        return []
    manifest = system.manifest(payment.connector)
    if manifest.ask == "ours":
        return []
    kept = {"instrument": means.instrument, "account": means.account, "shopper": dict(means.shopper)}
    sealed = system.seal.encrypt(json.dumps(kept), order.merchant_id, PURPOSE)
    until = request.at + (manifest.key_window or AUTHORIZATION_LIFE)
    return [system.kept_means.keeping(payment.payment_id, sealed, until)]


def kept(system: System, order: Order, payment: Payment) -> Means | None:
    """What was kept; None if nothing was, or not any more."""
    sealed = system.kept_means.load(payment.payment_id)
    if sealed is None:
        return None
    found = json.loads(system.seal.decrypt(sealed, order.merchant_id, PURPOSE))
    return Means(instrument=found["instrument"], account=found["account"], shopper=found["shopper"])


def forgetting(system: System, order: Order, events: list[Event]) -> list[dict[str, Any]]:
    """The deletes beside outcomes that decide an authorization which was lost. `order`: before them."""
    return [
        system.kept_means.forgetting(event.payment_id)
        for event in events
        if isinstance(event, OutcomeLearned) and _decides(system, order, event)
    ]


def _decides(system: System, order: Order, event: OutcomeLearned) -> bool:
    payment = order.payment(event.payment_id)
    operation = payment.operation(event.operation_id) if payment else None
    if payment is None or operation is None or payment.authorization.status is not OperationStatus.UNKNOWN:
        return False
    ends = operation.type in (OperationType.AUTHORIZE, OperationType.CLOSE) and not event.status.at_psp
    return ends and system.manifest(payment.connector).ask != "ours"

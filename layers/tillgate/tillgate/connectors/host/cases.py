"""Cases of the connector API, made of the domain's orders. Nothing is read for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tillgate.connectors.v1 import Case, Kind, Op, Outcome
from tillgate.domain.orders.menu_link import way_back
from tillgate.domain.orders.order import Order, RefundsCommission
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment

KINDS = {
    OperationType.AUTHORIZE: Kind.AUTHORIZE,
    OperationType.CAPTURE: Kind.CAPTURE,
    OperationType.CANCEL: Kind.CANCEL,
    OperationType.REFUND: Kind.REFUND,
    OperationType.CLOSE: Kind.CLOSE,
    OperationType.REVERSAL: Kind.REVERSAL,
}
_OUTCOMES = {
    OperationStatus.UNKNOWN: Outcome.UNKNOWN,
    OperationStatus.AWAITING_SHOPPER: Outcome.ACTION,
    OperationStatus.PENDING: Outcome.PENDING,
    OperationStatus.FAILED: Outcome.FAILED,
    OperationStatus.SUCCEEDED: Outcome.SUCCEEDED,
    OperationStatus.REVERSED: Outcome.REVERSED,
}
CUSTOMER = ("email", "name", "phone")  # of the order's customer data, as merchants name it


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a payment's case needs that the order does not have.

    `instrument`: what is paid with, by the names of the method's input. `account`: of the vendor who is paid, at the
    PSP. `parent`: the technical payment that a vendor payment is carved out of, with its order. `shopper`: what is
    known of the shopper beside the order, `shopper_memory`: the connector's notes about the shopper.
    """

    instrument: Mapping[str, str] | None = None
    account: str | None = None
    parent: tuple[Order, Payment] | None = None
    shopper: Mapping[str, str] = field(default_factory=dict)
    shopper_memory: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Urls:
    """Where a PSP sends the shopper's browser and its notifications."""

    api_url: str
    connector: str
    merchant_id: str | None = None
    """Set if the PSP knows the merchant by credentials of its own."""

    def back(self, case_id: str, way: str | None = None) -> str:
        """`way`: what leads on to the menu, for a payment that was started there."""
        return f"{self.api_url}/psp/{self.connector}/return/{case_id}" + (f"?back={way}" if way else "")

    @property
    def notifications(self) -> str:
        own = f"/{self.merchant_id}" if self.merchant_id else ""
        return f"{self.api_url}/psp/{self.connector}/notifications{own}"


def of_payment(order: Order, payment: Payment, means: Means, urls: Urls | None) -> Case:
    """`urls` None: for a call that tells the PSP no address, so that nobody has to ask what ours is (ADR 9)."""
    return Case(
        id=payment.payment_id,
        merchant=order.merchant_id,
        order_reference=order.order_reference,
        method=payment.method,
        amount=payment.amount,
        currency=order.currency,
        created_at=payment.created_at,
        return_url=urls.back(payment.payment_id, way_back(payment)) if urls else "",
        notify_url=urls.notifications if urls else "",
        capture="auto" if payment.capture is Capture.AUTO or not payment.traits.holds else "manual",
        ops=tuple(op_of(operation) for operation in payment.operations),
        reference=payment.psp_reference,
        instrument=means.instrument,
        saves_as=payment.saves_as,
        recurring=payment.recurring.value if payment.recurring else None,
        memory=payment.memory,
        shopper=_shopper(order, payment) | dict(means.shopper),
        shopper_memory=means.shopper_memory,
        authenticate=_authenticates(order, payment),
        description=order.terms.description or "",
        statement_descriptor=order.terms.statement_descriptor or "",
        account=means.account,
        parent=_parent(order, means, urls),
        refunds_fee=order.refunds_commission is RefundsCommission.PROPORTIONAL,
    )


def _authenticates(order: Order, payment: Payment) -> bool:
    """A saved instrument that a browser chose on the menu: who holds the link need not be the shopper (ADR 51)."""
    by_browser = payment.authorization.requested_by is Actor.SHOPPER and payment.instrument is not None
    return by_browser and order.terms.saved_instruments and not order.terms.shopper_authenticated


def _parent(order: Order, means: Means, urls: Urls | None) -> Case | None:
    if means.parent:
        return of_payment(*means.parent, Means(), urls)
    if order.share is None:
        return None
    return Case(
        id=order.share.technical_payment_id,
        merchant=order.merchant_id,
        order_reference=order.order_reference,
        method=order.payments[0].method,
        amount=0,
        currency=order.currency,
        created_at=order.created_at,
    )


def _shopper(order: Order, payment: Payment) -> dict[str, str]:
    """From the order's own data. The key belongs to saved instruments: without these, the PSP need not know it."""
    given = order.customer or {}
    customer = {name: text for name in CUSTOMER if isinstance(text := given.get(name), str) and text}
    key = order.terms.shopper_key if payment.instrument or payment.saves_as else None
    locale = {"locale": order.terms.locale} if order.terms.locale else {}
    return customer | locale | ({"key": key} if key else {})


def op_of(operation: Operation) -> Op:
    return Op(
        id=operation.operation_id,
        kind=KINDS[operation.type],
        amount=operation.amount,
        requested_at=operation.requested_at,
        final=operation.final,
        fee=operation.fee,
        by=operation.requested_by.value,
        outcome=_OUTCOMES.get(operation.status),
        reference=operation.psp_reference,
    )


def of_balance(order: Order, method: str, token: str, now: datetime) -> Case:
    """A limited tender before there is a payment."""
    return Case(
        id="",
        merchant=order.merchant_id,
        order_reference=order.order_reference,
        method=method,
        amount=0,
        currency=order.currency,
        created_at=now,
        instrument={"token": token},
    )

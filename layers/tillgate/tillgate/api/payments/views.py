"""Views of a payment and its operations (TH-11)."""

from typing import Any

from tillgate.api.http.instants import _instant_or_none, instant
from tillgate.domain.orders.allowed_operations import payment_operations
from tillgate.domain.orders.order import Order, Share
from tillgate.domain.payments.disputes import Dispute
from tillgate.domain.payments.lifecycle import FACES
from tillgate.domain.payments.operations import Operation
from tillgate.domain.payments.payment import Payment, Redirect
from tillgate.domain.shared.identifiers import parent_of

_FLAGS = {"true": True, "false": False}  # a connector tells texts only


def payment_view(order: Order, payment: Payment) -> dict[str, Any]:
    face = FACES[payment.status]
    view: dict[str, Any] = {
        "payment_id": payment.payment_id,
        "order_key": parent_of(order.order_key),
        "method": payment.method,
        "brand": payment.brand,
        "connector": payment.connector,
        "kind": payment.kind,
        "amount": payment.amount,
        "currency": order.currency,
        "status": payment.status,
        "pending": payment.pending,
        "final": face.final,
        "withdrawable": face.withdrawable,
        "amounts": {
            "authorized": payment.authorized,
            "captured": payment.captured,
            "cancelled": payment.cancelled,
            "refunded": payment.refunded,
            "disputed": payment.disputed,
        },
        "reason_code": payment.reason_code,
        "psp_reference": payment.psp_reference,
        "details": {name: _FLAGS.get(value, value) for name, value in payment.details.items()},
        "disputes": [dispute_view(order, payment, dispute) for dispute in payment.disputes],
        "authorization_expires_at": _instant_or_none(payment.authorization_expires_at if payment.held else None),
        "allowed_operations": payment_operations(order, payment),
        "operations": [_operation_view(operation) for operation in payment.operations],
        "created_at": instant(payment.created_at),
        "updated_at": instant(payment.updated_at),
    }
    if payment.instrument:
        view["instrument"] = {"token": payment.instrument, "brand": payment.brand}
    also = {"mode": payment.mode, "fingerprint": payment.fingerprint, "recurring": payment.recurring}
    view |= {name: value for name, value in also.items() if value}
    if payment.kind == "technical":
        view["allotted"] = payment.allotted
    if order.share:
        view |= _share_view(order, order.share)
    if payment.instructions and payment.awaits_shopper:
        view["instructions"] = {
            "iban": payment.instructions.iban,
            "holder": payment.instructions.holder,
            "reference": payment.instructions.reference,
            "due_at": _instant_or_none(payment.waits_until),
            "received": payment.received,
        }
    if payment.redirect and payment.awaits_shopper:
        view["redirect"] = redirect_view(payment.redirect)
    return view


def redirect_view(redirect: Redirect) -> dict[str, Any]:
    return {"url": redirect.url, "http_method": redirect.http_method, "parameters": dict(redirect.parameters)}


def dispute_view(order: Order, payment: Payment, dispute: Dispute) -> dict[str, Any]:
    return {
        "dispute_id": dispute.dispute_id,
        "payment_id": payment.payment_id,
        "order_key": parent_of(order.order_key),
        "amount": dispute.amount,
        "currency": order.currency,
        "status": dispute.status,
        "reason": dispute.reason,
        "evidence_due_at": _instant_or_none(dispute.evidence_due_at),
        "opened_at": instant(dispute.opened_at),
    }


def _share_view(order: Order, share: Share) -> dict[str, Any]:
    return {
        "vendor_id": share.vendor_id,
        "sub_order_reference": order.order_reference,
        "technical_payment_id": share.technical_payment_id,
        "fee": share.fee,
        "split_id": share.split_id,
    }


def _operation_view(operation: Operation) -> dict[str, Any]:
    view: dict[str, Any] = {
        "operation_id": operation.operation_id,
        "type": operation.type,
        "amount": operation.amount,
        "status": operation.status,
        "reason_code": operation.reason_code,
        "requested_at": instant(operation.requested_at),
        "psp_reference": operation.psp_reference,
        "origin": operation.requested_by,
    }
    extras = {"final": operation.final, "fee": operation.fee, "reason": operation.reason}
    return view | {name: value for name, value in extras.items() if value}

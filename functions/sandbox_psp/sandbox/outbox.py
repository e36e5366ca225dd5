"""The sandbox PSP's queue: notifications to post, and changes that happen by themselves later.

A message is `{"kind": "notify", "url", "event"}`, `{"kind": "mature", "reference"}` or the same for a payout, or
`{"kind": "follow", "reference", "do", "of"}`: a bank's deed after the operation or dispute `of`.
"""

from __future__ import annotations

import json

from . import payouts
from .clients import client, queue_url
from .instruments import Deed
from .model import Payment, view

MATURE = "mature"
MATURE_PAYOUT = "mature_payout"
FOLLOW = "follow"
NOTIFY = "notify"


def event(payment: Payment) -> dict[str, object]:
    """A notification's content. Its id is derived from the revision, so a repetition has the same id."""
    return {
        "event_id": f"evt_{payment.id.removeprefix('psp_')}_{payment.revision}",
        "type": "payment.updated",
        "created_at": payment.changed_at,
        "payment": view(payment),
    }


def reversal(payment: Payment) -> dict[str, object]:
    """A bank reversed the money without a request, so this names the payment and no operation."""
    first = payment.authorization
    return {
        **event(payment),
        "type": "payment.reversed",
        "payment": {"id": payment.id, "reference": payment.reference},
        "reason": first.reason if first else None,
    }


def announce(payment: Payment) -> None:
    """Enqueues a notification of the current state, if the caller requested notifications."""
    if payment.notification_url is not None:
        _send({"kind": NOTIFY, "url": payment.notification_url, "event": event(payment)}, delay=0)


def mature_later(reference: str, delay: int) -> None:
    """Makes the payment change by itself after `delay` seconds."""
    _send({"kind": MATURE, "reference": reference}, delay)


def follow_later(reference: str, deed: Deed, of: str, delay: int) -> None:
    """Makes a bank act on an operation or dispute of the payment after `delay` seconds."""
    _send({"kind": FOLLOW, "reference": reference, "do": deed, "of": of}, delay)


def payout_event(payout: payouts.Payout) -> dict[str, object]:
    return {
        "event_id": f"evt_{payout.id.removeprefix('psp_')}_{payout.revision}",
        "created_at": payout.changed_at,
        "payout": payouts.view(payout),
    }


def announce_payout(payout: payouts.Payout) -> None:
    if payout.notification_url is not None:
        _send({"kind": NOTIFY, "url": payout.notification_url, "event": payout_event(payout)}, delay=0)


def mature_payout_later(reference: str, delay: int) -> None:
    _send({"kind": MATURE_PAYOUT, "reference": reference}, delay)


def _send(message: dict[str, object], delay: int) -> None:
    client("sqs").send_message(QueueUrl=queue_url(), MessageBody=json.dumps(message), DelaySeconds=delay)

"""Queue of PSP notifications: applies each to its order (IS-12, IS-13). One that fails is retried alone.

One about a payment that is not known yet has not failed: it is parked, and the sweep retries it.
"""

from typing import Any

from tillgate.domain.shared.modes import Mode
from tillgate.runtime.batches import each_message
from tillgate.store.psp.parked_notifications import Parked
from tillgate.use_cases.psp.apply_notification import apply_notification
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_message(event, take)


def take(message: dict[str, Any]) -> None:
    facts = message.get("facts")  # an earlier version has queued what the PSP sent
    parked = Parked(
        connector=message["connector"],
        merchant_id=message.get("merchant_id"),
        body=message["body"] if facts is None else facts,
        received_at=system().now(),
        facts=facts is not None,
        looks=tuple(message.get("looks", ())),
        mode=Mode(message["mode"]) if message.get("mode") else None,
    )
    apply_notification(system(), parked)

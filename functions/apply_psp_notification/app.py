"""Queue of PSP notifications: takes each into its order (IS-12, IS-13). One that fails is tried again alone."""

from typing import Any

from tillgate.queues import each_message
from tillgate.use_cases.apply_notification import apply_notification
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_message(event, take)


def take(message: dict[str, Any]) -> None:
    connector = system().connector(message["connector"])
    apply_notification(system(), connector.read_notification(message["body"].encode()))

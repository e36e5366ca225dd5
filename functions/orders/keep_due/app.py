"""Queue of what the sweep has found overdue and could not see to by itself (GO-4): {"pk", "sk", "due_at"}.

What fails is put off in the index, where the sweep finds it again; the message is done with.
"""

from typing import Any

from tillgate.runtime.batches import each_message
from tillgate.store.shared.due_index import Waiting
from tillgate.use_cases.orders.meet_deadlines import keep
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_message(event, take)


def take(message: dict[str, Any]) -> None:
    keep(system(), Waiting(**message))

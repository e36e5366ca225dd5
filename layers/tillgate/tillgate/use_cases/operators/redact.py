"""For operators: removes a value, such as a card number, from an order and its history (PCI DSS 3.2).

The API refuses card numbers (see `card_numbers`); this is for what got through, or was stored before. The events and
amounts stay. That something was removed, by whom and why, is an event of its own; the value is kept nowhere.
"""

from tillgate.domain.orders.order_events import ValueRedacted
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.identifiers import parent_of
from tillgate.domain.shared.refusals import OperationNotAllowed, Refusal
from tillgate.runtime.telemetry import logger
from tillgate.store.orders.redacting import PartOfTheRecord, redact
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.operators.resolve import check_who_and_why
from tillgate.use_cases.shared.changes import ConcurrentChange, change
from tillgate.wiring import System

LEAST = 6  # a shorter value would be found where it is something else


def redact_value(system: System, order_key: str, value: str, *, by: str, reason: str) -> dict[str, object]:
    """How many items were changed. Repeat it if it raises `ConcurrentChange`; a repetition does no harm.

    Raises `OperationNotAllowed` for a value without which the order could not be read, such as an amount.
    """
    check_who_and_why(by, reason)
    if not isinstance(value, str) or len(value.strip()) < LEAST:
        raise Refusal(f"the value must be a text of at least {LEAST} characters", "/value")
    if value in f"{by}\n{reason}":
        raise Refusal("the reason is kept: it must not contain the value", "/reason")
    instead = f"[redacted-{parent_of(order_key).removeprefix('ord_')}]"  # also unique as an order's reference
    redacted = ValueRedacted(at=system.now(), by=by, reason=reason)
    change(system, order_key, lambda _: [redacted], actor=Actor.OPERATOR, cause="redaction")
    try:
        items = redact(system.orders.dynamodb, system.orders.table, order_key, value, instead)
    except PartOfTheRecord:
        raise OperationNotAllowed("the order could not be read without this value; pass a longer part") from None
    except LostRace:
        raise ConcurrentChange from None
    logger.warning("a value was redacted", extra={"order_key": order_key, "items": items})
    return {"order_key": order_key, "items": items, "instead": instead}

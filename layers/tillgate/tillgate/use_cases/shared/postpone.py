"""An item that keeps failing must not hold up the others, in this sweep or in the next (GO-4)."""

from collections.abc import Callable

from tillgate.runtime.telemetry import count, logger
from tillgate.store.shared.due_index import LONGEST, Waiting
from tillgate.store.shared.work_items import FAILING
from tillgate.wiring import System


def postpone_on_failure(system: System, waiting: Waiting, work: Callable[[Waiting], object]) -> bool:
    """Whether the work succeeded. A failed item stays in the index; it is retried with gaps growing up to an hour."""
    try:
        work(waiting)
    except Exception:
        logger.exception("sweep failed", extra={"order_key": waiting.pk, "item": waiting.sk})
        count("SweepFailed")
    else:
        return True
    postpone(system, waiting)
    return False


def postpone(system: System, waiting: Waiting) -> None:
    """What has kept failing for an hour needs a person."""
    try:
        now = system.now()
        began = system.due.postpone(waiting, now)
        if now - began >= LONGEST:
            system.work.add(f"{FAILING}{waiting.pk}|{waiting.sk}", began, now)
    except Exception:
        logger.exception("not even put off", extra={"order_key": waiting.pk, "item": waiting.sk})
        count("SweepFailed")

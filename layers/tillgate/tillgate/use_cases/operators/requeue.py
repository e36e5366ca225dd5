"""Sends the dead letters of a queue back into it, once what they died of is mended."""

from tillgate.domain.shared.refusals import Refusal
from tillgate.outbound.operators.queues import queues, send_back
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.operators.resolve import check_who_and_why
from tillgate.wiring import System

SECONDS = 15.0  # a call; a repeated one goes on


def requeue(system: System, name: str, *, by: str, reason: str) -> int:
    """How many were sent back. Raises `Refusal` for a queue that does not exist or has no dead letters to send.

    Every receiver tolerates copies, so a call that is repeated does nothing twice.
    """
    check_who_and_why(by, reason)
    known = {each.name: each for each in queues() if each.url and each.dead}
    if name not in known:
        raise Refusal(f"there is no such queue; there are {', '.join(known)}", "/queue")
    until = system.clock() + SECONDS
    moved = send_back(known[name], lambda: system.clock() < until)
    logger.info("dead letters sent back", extra={"queue": name, "number": moved, "by": by, "reason": reason})
    return moved

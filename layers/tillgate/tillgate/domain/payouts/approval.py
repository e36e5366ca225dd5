"""Four-eyes approval: an operator who did not request a waiting payout approves or refuses it (RG-6)."""

from dataclasses import replace
from datetime import datetime

from tillgate.domain.payouts.payout import FAILED, Approval, Payout, begun
from tillgate.domain.shared.refusals import OperationNotAllowed


def waiting(payout: Payout, known_to: tuple[str, ...]) -> Payout:
    """The payout is not sent before an operator approves it. `known_to`: operators who could have requested it."""
    return replace(payout, approval=Approval.WAITING, known_to=known_to)


def approved(payout: Payout, by: str, reason: str, now: datetime) -> Payout:
    """The approved payout, to be saved before it is sent. Raises `OperationNotAllowed`."""
    _check(payout, by)
    decided = replace(payout, approval=Approval.APPROVED, decision=f"{by}: {reason}")
    return begun(decided, None, now)


def refused(payout: Payout, by: str, reason: str, now: datetime) -> Payout:
    """The refused payout: FAILED without having been sent. Raises `OperationNotAllowed`."""
    _check(payout, by)
    return replace(
        payout,
        status=FAILED,
        approval=Approval.REFUSED,
        decision=f"{by}: {reason}",
        reason_code="REFUSED",
        token=None,  # the recipient is no longer needed
        updated_at=now,
    )


def _check(payout: Payout, by: str) -> None:
    if not payout.waits_for_operator:
        raise OperationNotAllowed(f"the payout is {payout.status} and waits for nobody")
    if _name(by) in map(_name, payout.known_to):
        raise OperationNotAllowed(f"{by} could have asked for it, having had the client's secret; another one decides")


def _name(person: str) -> str:
    """The name without differences in spaces and case."""
    return " ".join(person.split()).casefold()

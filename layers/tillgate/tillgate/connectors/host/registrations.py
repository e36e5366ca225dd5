"""What became of a request to store an instrument, from all that the PSP told."""

from dataclasses import dataclass, field, replace

from tillgate.connectors import v1
from tillgate.connectors.host.facts import facts_of, redirect_of, stored
from tillgate.connectors.v1 import Outcome
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Redirect
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shoppers.saved_instruments import StoredInstrument


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a registration: SUCCEEDED with the instrument, FAILED (the PSP says that it does not have it),
    AWAITING_SHOPPER who has to confirm it, UNKNOWN."""

    status: OperationStatus
    instrument: StoredInstrument | None = None
    redirect: Redirect | None = None
    told: list[Fact] = field(default_factory=list)


def registered(told: list[v1.Fact], token: str) -> Stored:
    """The last word about the registration, with everything that was told."""
    return replace(_last_word(told, token), told=facts_of(told))


def _last_word(told: list[v1.Fact], token: str) -> Stored:
    mine = [each for each in told if each.kind is v1.Kind.SETUP and each.op in (None, token)]
    last = mine[-1] if mine else None
    if last and last.outcome is Outcome.ACTION:
        return Stored(OperationStatus.AWAITING_SHOPPER, redirect=redirect_of(last.action))
    if last is None or last.outcome not in (Outcome.SUCCEEDED, Outcome.FAILED):
        return Stored(OperationStatus.UNKNOWN)
    if last.outcome is Outcome.FAILED:
        return Stored(OperationStatus.FAILED)
    return (
        Stored(OperationStatus.SUCCEEDED, stored(last.instrument))
        if last.instrument
        else Stored(OperationStatus.UNKNOWN)
    )

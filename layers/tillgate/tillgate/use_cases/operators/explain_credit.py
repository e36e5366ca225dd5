"""Explains a credit on a bank account: the captures and refunds that a PSP's payout is made of (GO-4, IS-10)."""

from collections.abc import Iterator
from dataclasses import dataclass

from tillgate.domain.psp.accounts import PspAccount
from tillgate.domain.shared.modes import Mode
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.store.psp.settlements import Credit, SettledLine
from tillgate.wiring import System

MOST_CREDITS = 20


@dataclass(frozen=True, slots=True)
class Explained:
    """A payout to the bank and its lines."""

    credit: Credit
    lines: list[SettledLine]

    @property
    def unexplained(self) -> int:
        """What neither the lines nor what else the PSP named account for; minor units."""
        return self.credit.amount - sum(line.added for line in self.lines) - sum(self.credit.others.values())


def explain_credit(
    system: System,
    connector: str,
    merchant_id: str | None = None,
    *,
    payout: str | None = None,
    amount: int | None = None,
    mode: str | None = None,
) -> list[Explained]:
    """The PSP's payout of that reference, or those of that amount, the latest first; to a merchant's own account, live
    unless `mode` says otherwise, or to the deployment's.

    Raises `NotFound`, also for what has not been told yet; `Refusal`.
    """
    account = _account(system, connector, merchant_id, mode)
    if (payout is None) == (amount is None):
        raise Refusal("give the payout's reference, or the amount that the bank has booked")
    found = sorted(_found(system, account, payout, amount), key=lambda each: each.arrives_at, reverse=True)
    if not found:
        whose = f"{account.mode} account" if account.mode else "account of the deployment"
        raise NotFound(f"{connector} has told of no such payout to this {whose}; it is asked once a day")
    return [Explained(each, system.settlements.of_payout(account, each.payout)) for each in found[:MOST_CREDITS]]


def _account(system: System, connector: str, merchant_id: str | None, mode: str | None) -> PspAccount:
    try:
        system.manifest(connector)
        chosen = Mode(mode or Mode.LIVE)
    except KeyError:
        raise NotFound("this connector does not exist", "/connector") from None
    except ValueError:
        raise Refusal("mode is test or live", "/mode") from None
    if merchant_id is None and mode is not None:
        raise Refusal("the deployment's own account has no mode", "/mode")
    return PspAccount(connector, merchant_id, chosen) if merchant_id else PspAccount(connector)


def _found(system: System, account: PspAccount, payout: str | None, amount: int | None) -> Iterator[Credit]:
    if payout is None:
        yield from (each for each in system.settlements.credits(account) if each.amount == amount)
    elif credit := system.settlements.credit(account, payout):
        yield credit

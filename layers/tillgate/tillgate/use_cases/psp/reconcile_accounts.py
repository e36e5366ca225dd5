"""Asks PSPs about each account: what was settled since that account was last asked (GO-4, IS-10).

An account is asked once a day. One that could not be asked is tried again every hour for a day, then daily; what it
misses meanwhile is told later, since each account's place is kept. The longest waiting are asked first, so that none
is kept from its turn by the others.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from tillgate.domain.psp.accounts import PspAccount
from tillgate.runtime.telemetry import logger
from tillgate.store.psp.settlements import Progress
from tillgate.use_cases.psp.reconcile import NotReconciled, OutOfTime, Over, reconcile_asked
from tillgate.wiring import System

DAY_BEGINS = timedelta(hours=4)  # UTC, when the daily run is
PATIENCE = timedelta(days=1)
MOST_OF_WHY = 200  # characters


def reconcile_accounts(system: System, found: Counter[str], over: Over) -> list[str]:
    """Names what an operator has to see to; adds to the counts of lines."""
    failed: list[str] = []
    for manifest in system.manifests():
        if manifest.settles == "asked":
            failed += _of_connector(system, manifest.name, found, over)
    return failed


def _of_connector(system: System, connector: str, found: Counter[str], over: Over) -> Iterator[str]:
    accounts = system.accounts_at(connector)
    known = system.settlements.progress(connector)
    of = {account: known.get(account.name, Progress()) for account in accounts}
    due = [account for account in accounts if _is_due(of[account], system.now())]
    for account in sorted(due, key=lambda each: (of[each].asked_at is not None, str(of[each].asked_at))):
        if over():
            logger.warning("no time is left for further accounts", extra={"connector": connector})
            break
        of[account], fault = _asked(system, account, of[account], found, over)
        if fault:
            yield f"{connector}: what was told of {account.name}"
    failing = {account for account in accounts if of[account].failing_since}
    if not failing & set(due):
        return
    if PspAccount(connector) in failing & set(due):
        yield f"{connector}: the deployment's own account could not be asked"
    elif failing == set(accounts):
        yield f"{connector}: none of its accounts could be asked"


def _asked(
    system: System, account: PspAccount, before: Progress, found: Counter[str], over: Over
) -> tuple[Progress, bool]:
    """How far it is known now, and whether the fault is ours."""
    now = system.now()
    try:
        found += reconcile_asked(system, account, before, over)
        return replace(before, asked_at=now, done_at=now, failing_since=None, why=""), False
    except OutOfTime:
        logger.warning("what was settled is not read to the end yet", extra=_named(account))
        return _noted(system, account, None, ""), False
    except NotReconciled as error:
        return _noted(system, account, None, str(error)), True
    except Exception as error:
        why = f"{type(error).__name__}: {error}"[:MOST_OF_WHY]
        logger.warning("a PSP did not tell what it has settled", extra=_named(account) | {"why": why})
        return _noted(system, account, before.failing_since or now, why), False


def _noted(system: System, account: PspAccount, since: datetime | None, why: str) -> Progress:
    """What was kept meanwhile of where the account is known until stays."""
    latest = system.settlements.progress_of(account)
    after = replace(latest, asked_at=system.now(), failing_since=since, why=why)
    system.settlements.note(account, after)
    return after


def _is_due(progress: Progress, now: datetime) -> bool:
    """Not told to the end today, and not given up for today."""
    begun = _day(now)
    if progress.done_at and _day(progress.done_at) == begun:
        return False
    tried = progress.asked_at is not None and _day(progress.asked_at) == begun
    long_failing = progress.failing_since is not None and now - progress.failing_since > PATIENCE
    return not (tried and long_failing)


def _day(at: datetime) -> str:
    return f"{at - DAY_BEGINS:%Y-%m-%d}"


def _named(account: PspAccount) -> dict[str, str | None]:
    return {"connector": account.connector, "merchant_id": account.merchant_id, "account": account.name}

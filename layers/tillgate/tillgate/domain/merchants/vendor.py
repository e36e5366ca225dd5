"""A vendor of a merchant (TH-4), and where its money goes.

A new account waits before money goes there: whoever can change it could send a vendor's money to themselves (ADR 149).
Meanwhile the previous one stays for what a PSP moves with a payment, and payouts wait.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tillgate.domain.shared.refusals import OperationNotAllowed, Refusal

TOO_LATE = timedelta(minutes=2)  # before it is valid: no process may still think that it was not called off


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that is not paid to before `valid_from` (UTC), unless someone other than `asked_by` approves it."""

    psp_account: str
    asked_by: str
    asked_at: datetime
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class Vendor:
    """`psp_account` is valid until `new_account` is."""

    vendor_id: str
    merchant_id: str
    name: str
    psp_account: str
    suspended: bool = False
    new_account: NewAccount | None = None

    def account_at(self, now: datetime) -> str:
        """The account that is valid: the old one, or the new one once its delay is over."""
        new = self.new_account
        return new.psp_account if new and now >= new.valid_from else self.psp_account

    def waiting(self, now: datetime) -> NewAccount | None:
        """The new account, while it is not valid. Payouts wait as long."""
        return self.new_account if self.new_account and now < self.new_account.valid_from else None


def with_account(vendor: Vendor, psp_account: str, by: str, now: datetime, delay: timedelta) -> Vendor:
    """The vendor with a new account, valid after `delay`; a change while another waits begins to wait anew.

    Raises `Refusal` without a name, and for the present account while another waits.
    """
    valid = vendor.account_at(now)
    if psp_account == valid:
        if vendor.waiting(now):
            raise Refusal("this is the present account; call off the new one instead", "/psp_account")
        return vendor
    if not by.strip():
        raise Refusal("pass who changes where the vendor's money goes (by)", "/by")
    if not isinstance(psp_account, str) or not psp_account.strip():
        raise Refusal("psp_account is the vendor's account at the PSP", "/psp_account")
    if not delay:
        return replace(vendor, psp_account=psp_account, new_account=None)
    return replace(vendor, psp_account=valid, new_account=NewAccount(psp_account, by, now, now + delay))


def approved(vendor: Vendor, psp_account: str, by: str, now: datetime) -> Vendor:
    """The vendor whose new account is valid at once. `psp_account`: the account that `by` has seen.

    Raises `OperationNotAllowed` unless this one waits, and was asked for by someone else.
    """
    new = vendor.waiting(now)
    if new is None:
        raise OperationNotAllowed("no new account of this vendor waits")
    if new.psp_account != psp_account:
        raise OperationNotAllowed(f"the account that waits is {new.psp_account}; look at it again")
    if _same(by, new.asked_by):
        raise OperationNotAllowed(f"{new.asked_by} has asked for it; someone else must approve it, or wait")
    return replace(vendor, psp_account=new.psp_account, new_account=None)


def called_off(vendor: Vendor, now: datetime) -> Vendor:
    """The vendor without the new account. Anybody may. Raises `OperationNotAllowed` if none waits, or not for long."""
    new = vendor.waiting(now)
    if new is None:
        raise OperationNotAllowed("no new account of this vendor waits")
    if now > new.valid_from - TOO_LATE:
        raise OperationNotAllowed("it is about to be valid; suspend the vendor, and set the right account")
    return replace(vendor, new_account=None)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()

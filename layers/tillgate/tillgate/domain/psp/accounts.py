"""Whose account at a PSP something was told by: each settles, and is paid out, by itself."""

from typing import NamedTuple

from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.modes import Mode


class PspAccount(NamedTuple):
    """A merchant's own account, test or live; without merchant and mode, the deployment's."""

    connector: str
    merchant_id: str | None = None
    mode: Mode | None = None

    @property
    def name(self) -> str:
        """Among the connector's accounts; merchants' ids have no hash."""
        return f"{self.merchant_id}#{self.mode}" if self.merchant_id else "-"

    def has(self, payment: Payment, merchant_id: str) -> bool:
        """Whether the payment was begun with it; `merchant_id`: whose it is."""
        begun_with = (payment.connector, payment.mode)
        return begun_with == (self.connector, self.mode) and self.merchant_id in (None, merchant_id)

"""Keeps stolen cards from being tested with us (US-3): attempts are counted before a PSP is called, and pause.

Every START asks for it once. What it costs: nothing for the order, which knows its failures; one write for the
instrument, one for the address if it is known; a read every ten seconds for the merchant. A success is taken back only
where it would soon count: so few are written twice. A failure is written once more where the PSP's answer tells that
the token was one of a card that it knows by a fingerprint.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tillgate.connectors.v1 import Manifest
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders.attempts import check_attempts
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.attempts import FREE, Subject, address_key, is_failure
from tillgate.domain.payments.fingerprints import fingerprint
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.refusals import InstrumentBlocked, TooSoon
from tillgate.runtime.telemetry import logger
from tillgate.wiring import System


@dataclass
class AttemptLimit:
    """The limits on one START. `place`: the IP address of whoever asks to pay, if it is known."""

    system: System
    merchant: Merchant
    place: str | None
    _begun: list[tuple[Subject, int]] = field(default_factory=list)
    _at: datetime | None = None  # when it was counted; a decision that is made again is not counted again
    _counts_instruments: bool = False

    def admit(self, order: Order, manifest: Manifest, known_by: Iterable[str | None], *, is_saved: bool) -> str | None:
        """Counts the attempt. The instrument's fingerprint, if there is one.

        `known_by`: what names the instrument, such as the PSP's own fingerprint, then its token; the first one counts.
        `is_saved`: a shopper's saved instrument, which nobody tests and which others' failures do not stop. Raises
        `TooSoon`, `InstrumentBlocked`.
        """
        marks = [fingerprint(self.merchant.merchant_id, each) for each in known_by if each]
        mark = marks[0] if marks else None
        if any(each in self.merchant.blocked_fingerprints for each in marks):
            raise InstrumentBlocked("the merchant does not accept this instrument", "/instrument")
        now = self.system.now()
        check_attempts(order, self._free("order"), now)
        if self._at is None:
            self._at = now
            self._counts_instruments = not manifest.local  # its tokens stand for behaviours: all testers use the same
            instrument = mark if self._counts_instruments else None
            self._begin([("instrument", instrument), ("address", self._address)], is_saved)
        return mark

    def settle(self, payment: Payment | None) -> None:
        if payment is None:
            return
        failed = is_failure(payment.status, payment.reason_code)
        self.ended(failed=failed)
        if failed and payment.fingerprint and self._counts_instruments and self._at:
            self._count_card(payment.fingerprint, self._at)

    def ended(self, *, failed: bool) -> None:
        """What came of it: a failure counts for the merchant too, anything else no more than it has to."""
        if self._at is None:
            return
        if failed:
            self.system.attempts.count(self._of_merchant, self._at)
            return
        for subject, attempts in self._begun:
            if attempts > subject.free // 2:
                self.system.attempts.take_back(subject, self._at)

    def _count_card(self, mark: str, at: datetime) -> None:
        """A failure of a card that only the PSP's answer has named: its token was counted, and is never used again."""
        if all(subject.key != mark for subject, _ in self._begun):
            subject = Subject(self.merchant.merchant_id, "instrument", mark, self._free("instrument"))
            self.system.attempts.count(subject, at)

    @property
    def _address(self) -> str | None:
        return address_key(self.merchant.merchant_id, self.place) if self.place else None

    @property
    def _of_merchant(self) -> Subject:
        merchant_id = self.merchant.merchant_id
        return Subject(merchant_id, "merchant", merchant_id, self._free("merchant"))

    def _begin(self, keys: list[tuple[str, str | None]], is_saved: bool) -> None:
        now = self.system.now()
        if not is_saved and (wait := self.system.attempts.wait(self._of_merchant, now)):
            self._refuse("merchant", wait)
        for kind, key in keys:
            if key is None:
                continue
            subject = Subject(self.merchant.merchant_id, kind, key, self._free(kind))
            attempts, wait = self.system.attempts.begin(subject, now)
            if wait:
                self._refuse(kind, wait)
            self._begun.append((subject, attempts))

    def _refuse(self, kind: str, wait: int) -> None:
        now = self.system.now()
        for subject, _ in self._begun:
            self.system.attempts.take_back(subject, now)
        logger.warning("attempt refused", extra={"merchant_id": self.merchant.merchant_id, "kind": kind, "wait": wait})
        raise TooSoon(f"too many attempts failed for this {kind}; wait before the next one", wait)

    def _free(self, kind: str) -> int:
        return self.merchant.attempt_limits.get(kind, FREE[kind])

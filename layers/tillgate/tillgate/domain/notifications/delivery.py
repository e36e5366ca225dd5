"""A notification to a merchant and its delivery attempts (GO-2)."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """An `event` is POSTed and signed, an `update` is the bare call of the update URL (CM-6)."""

    EVENT = "event"
    UPDATE = "update"


class DeliveryStatus(StrEnum):
    """The status in the delivery log; lower case as in the contract."""

    PENDING = "pending"
    DELIVERED = "delivered"
    STOPPED = "stopped"  # the receiver answered 410: it wants no more notifications
    DEAD = "dead"  # not accepted for 72 hours


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: the HTTP status, or why there was none."""

    at: datetime
    status: int | None = None
    error: str | None = None

    @property
    def was_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """The notification of one receiver about the change `version` of an order. `since`: when its 72 hours began."""

    order_key: str
    order_reference: str
    merchant_id: str
    version: int
    kind: Kind
    url: str
    created_at: datetime
    since: datetime
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: tuple[Attempt, ...] = ()
    next_attempt_at: datetime | None = None
    tried: int = 0  # attempts since `since`: how far the gaps have grown
    named_at: datetime | None = None  # when the merchant named the receiver; a 410 before that does not count
    set_aside: bool = False  # an operator has given it up for good

    @property
    def receiver(self) -> str:
        return hashlib.sha256(f"{self.kind}{self.url}".encode()).hexdigest()[:8]

    @property
    def notification_id(self) -> str:
        """Names the order, the change and the receiver, so that the same notification always has the same id."""
        return f"ntf_{self.order_key.removeprefix('ord_')}_{self.version}_{self.receiver}"

    @property
    def endpoint_id(self) -> str:
        """The receiver's endpoint, the same for all its notifications."""
        return endpoint_id(self.merchant_id, self.url)

    def again(self, now: datetime, first_at: datetime) -> "Delivery":
        """It begins anew, as if its receiver had just been named: 72 hours, from the first attempt at `first_at` on."""
        return replace(
            self,
            status=DeliveryStatus.PENDING,
            since=now,
            named_at=now,
            tried=0,
            next_attempt_at=first_at,
            set_aside=False,
        )

    @property
    def needs_operator(self) -> bool:
        return self.status is DeliveryStatus.DEAD and not self.set_aside


def endpoint_id(merchant_id: str, url: str) -> str:
    return f"{merchant_id}#{hashlib.sha256(url.encode()).hexdigest()[:16]}"

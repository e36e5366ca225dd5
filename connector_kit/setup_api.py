"""What a connector's author supplies: a PSP to talk to, and what only that PSP knows.

Override what your PSP has. Everything else says that it cannot be shown, and stands in the table as such.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from tillgate.connectors.v1 import Action, Case, Connector, Http, Sent

Choice = Literal["approve", "decline", "cancel"]
Deed = Literal["refund", "expire_rest", "reverse", "reverse_part", "fail_capture", "fail_refund", "dispute"]
Instrument = Mapping[str, str]


class CannotShow(Exception):
    """What stands in for the PSP cannot show this. The message says why; the table has it as a footnote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the PSP itself has of one case, in minor units as in ISO 4217, whatever the PSP counts in.

    The sums are gross: what was captured stays captured when it is refunded. All are zero before the authorization
    succeeded, and after a bank has taken all of it back.
    """

    authorized: int = 0
    captured: int = 0
    cancelled: int = 0
    """Given back without having been captured: cancelled, released by a final capture, or run out."""
    refunded: int = 0
    reversed: int = 0
    """Taken back by a bank from what was captured, by parts."""
    paid_out: int = 0
    transferred: int = 0
    """Of a vendor's part that is transferred when it is captured: what its account has, less what came back from it.
    Of such a part the PSP has nothing else but `refunded`, what the shopper got back of it, and `executed`."""
    executed: int = 0
    """How many requests of ours the PSP has executed: authorizations, captures, cancels, refunds, payouts."""


class Setup(ABC):
    """One PSP during a run of the kit. It is made once; every test uses cases of its own.

    `stand_in` and `written_by` go into the table: a stand-in that the connector's author wrote shows less than one by
    the PSP or by others. `limits` names tests that the stand-in cannot show, by pattern ("refund: more*"), with the
    reason. They run all the same: one that passes is reported, since then its limit no longer holds.
    """

    stand_in: str
    written_by: str
    limits: Mapping[str, str] = {}
    currencies: Sequence[str] = ("EUR", "JPY", "KWD", "ISK", "UGX", "CLP", "HUF")
    """For the tests of minor units, as far as the manifest allows them; the first is the usual one."""
    secrets: Sequence[str] = ()
    """Credentials that must never stand in a URL."""
    return_url: str = "https://pay.example/return"
    notify_url: str = "https://pay.example/notifications"
    shopper: Mapping[str, str] = {"key": "shopper-1", "email": "shopper@example.com", "ip": "192.0.2.1"}

    @property
    @abstractmethod
    def http(self) -> Http:
        """Reaches the PSP, without faults: the kit adds them. In-process or over the network."""

    @abstractmethod
    def make(self, http: Http, now: Callable[[], datetime], *, credentials: Literal["ours", "wrong"]) -> Connector:
        """A connector with valid credentials, or with well-formed ones that the PSP does not accept."""

    @abstractmethod
    def truth(self, case: Case) -> Truth:
        """What the PSP has of the case, read from the PSP itself and not by way of the connector."""

    @abstractmethod
    def good(self, method: str) -> Instrument | None:
        """What is paid with and authorized at once. None: nothing is named, as with an invoice."""

    def amount(self, method: str) -> int:
        """The usual amount: divisible by four, and within what `good` can pay."""
        return 4800

    def bad(self, method: str) -> Instrument:
        """What the PSP refuses."""
        raise CannotShow("it refuses nothing")

    def asks(self, method: str, times: int = 1) -> Instrument | None:
        """What needs the shopper so many times in a row, such as a card with 3-D Secure."""
        raise CannotShow("it never asks the shopper" if times == 1 else "it asks the shopper once at most")

    def choose(self, action: Action, choice: Choice) -> Sent | None:
        """What the shopper does there. Returns what the browser brings back; None if it brings nothing."""
        raise CannotShow("it has no page to choose on")

    def undecided(self, method: str) -> Instrument | None:
        """What the PSP only decides later: see `decide`."""
        raise CannotShow("it decides everything at once")

    def decide(self, case: Case) -> None:
        """The PSP accepts what it was still working on."""
        raise CannotShow("it decides everything at once")

    def needs_shopper(self, method: str) -> Instrument:
        """What can be stored, and is refused when it is charged while the shopper is absent."""
        raise CannotShow("it never wants the shopper back")

    def heard(self, case: Case) -> list[Sent]:
        """The notifications about the case that the PSP has sent until now, oldest first, as they arrived."""
        raise CannotShow("it sends no notifications")

    def unasked(self, case: Case, deed: Deed, amount: int) -> None:
        """What a PSP or bank does without a request of ours, to so much of the money."""
        raise CannotShow("nothing happens there without a request")

    def forget_keys(self) -> None:
        """The key window is over: the PSP executes a repeated request anew."""
        raise CannotShow("its keys never end")

    def lags(self, *, on: bool) -> None:
        """While on, what has just happened cannot be found yet by whoever searches."""
        raise CannotShow("what it has done can be found at once")

    def stored(self, case: Case) -> int:
        """How many instruments the PSP stores for the case's shopper."""
        raise CannotShow("what it stores cannot be counted")

    def payee(self, to: Literal["vendor", "person"], *, works: bool) -> tuple[str | None, Instrument | None]:
        """Account and instrument of somebody who is paid, or of whom the PSP refuses."""
        raise CannotShow("it pays nobody")

    def settle(self) -> bytes:
        """The PSP settles everything until now. Returns its report, if it delivers one."""
        raise CannotShow("it settles nothing")

    def now(self) -> datetime:
        """The PSP's clock."""
        return datetime.now(UTC)

    def begin(self) -> None:  # noqa: B027 - most have nothing to clear
        """Called before each test: what earlier tests left behind may go."""

    def close(self) -> None:  # noqa: B027 - most have nothing to end
        """Ends what the setup has started."""


KEY_SLACK = timedelta(hours=1)

"""Connector API, version 1: all that a connector package imports of Tillgate (IS-1, IS-2).

A connector is one package for one PSP. It declares what it can do as data (`Manifest`) and translates between the PSP
and the types below; it decides nothing and stores nothing. The core builds cases, gives every connector its HTTP
client, refuses what the manifest does not offer, and decides what a fact means for an order.

Amounts are minor units as in ISO 4217, also where a PSP counts differently; instants are UTC.

The one rule about errors: a connector reports only what the PSP said. `NotSent` that escapes is NOT_BEGUN, anything
else that escapes is UNKNOWN, and an unknown outcome is asked about. So a fault of a connector moves no money.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Literal, Protocol, runtime_checkable

API = 1

Memory = Mapping[str, str]
"""A connector's own notes about a case, such as further references of the PSP. The core keeps and returns them."""


class Kind(StrEnum):
    """What an operation does."""

    AUTHORIZE = "AUTHORIZE"  # with `Case.capture` auto, takes the money too
    CAPTURE = "CAPTURE"
    CANCEL = "CANCEL"  # gives back what is held and not captured
    REFUND = "REFUND"
    CLOSE = "CLOSE"  # makes sure that nothing can be authorized any more
    REVERSAL = "REVERSAL"  # a bank takes captured money back; only observed, never requested
    SETUP = "SETUP"  # stores an instrument without a payment
    PAYOUT = "PAYOUT"


class Outcome(StrEnum):
    """What became of an operation, as the PSP says."""

    UNKNOWN = "UNKNOWN"  # it may or may not have been executed
    NOT_BEGUN = "NOT_BEGUN"  # the PSP certainly did nothing (not sent, 401, 429): another connector may be tried
    ACTION = "ACTION"  # the shopper has to act: see `Fact.action`
    PENDING = "PENDING"  # the PSP is working on it
    FAILED = "FAILED"
    SUCCEEDED = "SUCCEEDED"
    REVERSED = "REVERSED"  # it had succeeded, and the success was taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class Can:
    """What a connector does with one method. The core refuses everything else before it is recorded."""

    inputs: frozenset[Literal["token", "fields", "iban", "hosted", "none"]]
    """How the PSP learns what is paid with: a token of its own, its own fields on the menu, an IBAN with its holder, a
    page of the PSP, or nothing."""
    capture: frozenset[Literal["auto", "manual"]] = frozenset({"auto"})
    captures: Literal["none", "whole", "one", "many"] = "whole"
    """One: a part may be captured, once; the rest is released. Many: in parts."""
    cancels: Literal["none", "whole", "part", "by_capture"] = "none"
    """By capture: a part cannot be cancelled on its own; capturing less, finally, cancels the rest."""
    refunds: Literal["none", "whole", "many"] = "none"
    refund_before_settled: bool = True
    """What a bank has confirmed can be refunded before it is booked; if not, a refund waits for that."""
    redirect: Literal["none", "before", "after"] = "none"
    """Before the order is final, or as its authorization."""
    holds: timedelta | None = None
    """How long an authorization holds the money at most; None: as the method says."""
    stores: bool = False
    """Instruments can be saved (RG-5)."""
    recurring: bool = False
    """Saved instruments pay while the shopper is absent (RG-4)."""
    authenticates: bool = False
    """The PSP authenticates the shopper where the case wants it (`Case.authenticate`). Without it, the menu offers
    saved instruments only to shoppers whom the merchant has authenticated."""
    balance: bool = False
    """A limited tender's balance is known before it is authorized (IS-7)."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Token and name of what a shopper can choose from, such as the banks of a bank redirect."""
    brands: frozenset[str] = frozenset()
    """Empty: any."""
    amounts: Mapping[str, tuple[int, int]] | None = None
    """By currency: the least and the greatest amount. None: any currency and amount."""
    needs: frozenset[str] = frozenset()
    """Values beside the manifest's credentials without which this method is not offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The PSP's own card fields, an enhancement of the menu. Card data goes from the browser to the PSP alone."""

    script: str
    """URL of the PSP's script."""
    module: str
    """Path below the connector's package of our glue: a script that puts a token into the menu's form."""
    script_src: tuple[str, ...] = ()
    frame_src: tuple[str, ...] = ()
    connect_src: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a connector is, as data. `load` names its class, "package.module:Class", imported when a PSP is called."""

    name: str
    title: str
    """The PSP's name, as operators and merchants know it."""
    load: str
    methods: Mapping[str, Can]
    hosts: frozenset[str] = frozenset()
    """Host names, with a port if it is not 443; nothing else is called."""
    credentials: frozenset[str] = frozenset()
    """Names of the values that a merchant sets to use it. Empty: it needs none."""
    public: frozenset[str] = frozenset()
    """Those of the credentials that a browser may see."""
    webhook_secrets: frozenset[str] = frozenset()
    """Those of the credentials that verify notifications: several values of each can be valid at once."""
    ask: Literal["ours", "theirs", "never"] = "ours"
    """How an outcome is found: by our key; only by a remembered reference; not at all (told, or repeated)."""
    key_window: timedelta | None = None
    """A repeated request is executed once for so long; after that the core repeats nothing. None: for ever."""
    ack: tuple[int, str] = (202, "")
    """HTTP status and text of the answer to a notification."""
    marketplace: Literal["none", "carve", "transfer_after_capture", "split_on_capture", "destination"] = "none"
    """How vendors get their parts. Transfer after capture: out of money that was captured at once, so the core refuses
    payments for vendors that are captured later."""
    pays: frozenset[Literal["vendor", "person"]] = frozenset()
    """To whom it pays out (RG-6)."""
    disputes: bool = False
    """Disputes can be answered through it: see `AnswersDisputes`."""
    settles: Literal["none", "report", "asked"] = "none"
    """How settlement is learned: from a report that the PSP delivers, or by asking (`TellsSettlements`)."""
    fields: Fields | None = None
    remembers_shoppers: bool = False
    """It keeps notes about shoppers (`Fact.remember_shopper`), such as the PSP's customer that saved instruments belong
    to. Then the core reads them for each payment with a saved instrument, or one that saves its instrument."""
    local: bool = False
    """Stands in for a PSP during development and staging; in production it does not exist."""
    api: int = API


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What the shopper has to do: go to `url`, post `data` there, fill in the PSP's fields, or follow instructions.

    `data` of instructions: "iban", "holder" and "reference" of a transfer. `until`: how long the shopper is awaited, if
    not for the core's half an hour.
    """

    kind: Literal["redirect", "post", "fields", "instructions"]
    url: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One operation of a case. `id` is the idempotency key of its request."""

    id: str
    kind: Kind
    amount: int
    requested_at: datetime
    final: bool = False
    """A capture that releases the rest."""
    fee: int = 0
    """The platform's part of a vendor's capture."""
    by: Literal["merchant", "shopper", "system", "operator", "psp"] = "merchant"
    outcome: Outcome | None = None
    """As known now."""
    reference: str | None = None
    """The PSP's, of this very operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A payment, a registration of an instrument, or a payout. Each call sees the same but for `memory` and `ops`."""

    id: str
    merchant: str
    order_reference: str
    method: str
    amount: int
    currency: str
    created_at: datetime
    return_url: str = ""
    notify_url: str = ""
    """Where the PSP may notify us; it names the merchant if the credentials are the merchant's own."""
    capture: Literal["auto", "manual"] = "manual"
    ops: tuple[Op, ...] = ()
    memory: Memory = field(default_factory=dict)
    reference: str | None = None
    """The PSP's own reference of the case: its authorization's."""
    instrument: Mapping[str, str] | None = None
    """A token, or the values that the method's input names. The core keeps it sealed until the case is decided."""
    saves_as: str | None = None
    """The instrument is to be stored, under this token of ours."""
    recurring: Literal["INITIAL", "REPEATED"] | None = None
    shopper: Mapping[str, str] = field(default_factory=dict)
    """What is known of: key, email, name, phone, ip, user_agent, locale, accept, line1, line2, city, postal_code,
    country."""
    shopper_memory: Memory = field(default_factory=dict)
    """The connector's notes about the shopper, such as the PSP's customer. See `Fact.remember_shopper`."""
    authenticate: bool = False
    """The PSP is to authenticate the shopper, such as by 3-D Secure, before it authorizes."""
    description: str = ""
    statement_descriptor: str = ""
    account: str | None = None
    """The PSP's account of the vendor who is paid."""
    parent: "Case | None" = None
    """The technical payment that this vendor's payment is carved out of."""
    refunds_fee: bool = True
    """A refund of a vendor's money gives the platform's fee back in proportion, rounded down; else the platform keeps
    it, and the vendor bears all of the refund."""

    def op(self, kind: Kind) -> Op | None:
        """The latest operation of that kind."""
        return next((each for each in reversed(self.ops) if each.kind is kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A stored instrument as the PSP shows it. `fingerprint` is the same for the same card, whatever its token."""

    token: str
    brand: str
    last4: str
    expires: str
    """YYYY-MM; empty if it has none."""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeNotice:
    """One dispute as the PSP shows it (GO-6). `revision` grows with each change: an older notice is ignored."""

    reference: str
    status: Literal["NEEDS_RESPONSE", "UNDER_REVIEW", "WON", "LOST", "ACCEPTED"]
    amount: int
    reason: str
    opened_at: datetime
    revision: int
    evidence_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One report of a PSP about one operation, or one dispute, of a case.

    `op` None: no request of ours is named. The core finds the operation by `kind` and `reference`, and records an
    unknown one as the PSP's own.
    """

    case: str
    kind: Kind
    outcome: Outcome
    op: str | None = None
    amount: int | None = None
    """None: what was requested."""
    captured: int | None = None
    """Of an authorization: all that is captured by now, for an automatic capture."""
    reason: str | None = None
    """One of the contract's reason codes; None where nothing failed."""
    raw_reason: str | None = None
    """The PSP's own code, for operators."""
    reference: str | None = None
    remember: Memory = field(default_factory=dict)
    remember_shopper: Memory = field(default_factory=dict)
    action: Action | None = None
    """A later one replaces an earlier one."""
    as_of: datetime | None = None
    """The PSP's time of this report; without it, facts count in order of arrival."""
    expires_at: datetime | None = None
    """Of the hold."""
    lapsed: bool = False
    """Of a cancel: the hold ran out at the PSP."""
    by_hand: bool = False
    """PENDING until an operator has done it."""
    brand: str | None = None
    instrument: Instrument | None = None
    """What was stored."""
    fingerprint: str = ""
    """The PSP's own of what a case is paid with, if it has one: the same for the same card, whatever its token. Of an
    AUTHORIZE, refused ones too: by it attempts are counted and cards blocked."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What merchants may want to know: last4, bin, funding, eci, avs, cvc, network_code, liability_shift, country;
    `message`: why a PSP took nothing of a request, in its own words."""
    dispute: DisputeNotice | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Something happened to a case, and the core asks: all that an unsigned or id-only notification may say.

    A connector whose PSP names only its own reference asks the PSP for ours while it receives (`Connector.receive`).
    """

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as it came in: a notification, or the shopper's return. Header names are lower case."""

    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a PSP has settled of one operation, or of a whole case (IS-10).

    `kind` CAPTURE or REFUND with the operation's `reference`: one line an operation. `kind` None: the sums of the case,
    `amount` captured and `refunded`. `payout` is the transfer to the bank that it came in, so that a bank credit can be
    explained; `fee` is what the PSP kept.
    """

    case: str
    state: Literal["MARKED", "SETTLED"]
    currency: str
    amount: int
    as_of: datetime
    kind: Kind | None = None
    reference: str | None = None
    refunded: int = 0
    fee: int = 0
    payout: str | None = None
    payout_arrives_at: datetime | None = None
    net: int | None = None
    """What it added to the payout, in the payout's currency; None: the amount, negative for a refund, less the fee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankCredit:
    """One payout of the PSP to the bank, told after its lines: what they and `others` add up to arrives there.

    `others`: what is in it besides, by the PSP's own word for it, such as disputes, its own invoice, or payments that
    are not ours. `amount` is negative where the PSP debits the bank account.
    """

    payout: str
    currency: str
    amount: int
    arrives_at: datetime
    others: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a merchant sends to contest a dispute (GO-6)."""

    text: str
    files: tuple[EvidenceFile, ...] = ()


class NotAuthentic(Exception):
    """A notification that was not signed by the PSP, or not for us."""


class Malformed(Exception):
    """A notification or report that is not in the PSP's format."""


class NotAccepted(Exception):
    """The PSP will never accept this: credentials that are wrong, a dispute that takes no more answers. Says why."""


class NoAnswer(Exception):
    """Raised by `Http`: the request may have arrived."""


class NotSent(Exception):
    """Raised by `Http`: the request certainly did not arrive."""


Http = Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]]
"""Method, URL, headers, body -> status and body. Only the manifest's hosts; within the core's deadline.

Raises `NoAnswer` or `NotSent`. A redirect is not followed.
"""


class Connector(Protocol):
    """One PSP with one merchant's credentials. It keeps no state between calls except what can be lost."""

    manifest: ClassVar[Manifest]

    def __init__(self, credentials: Mapping[str, str], http: Http, now: Callable[[], datetime]) -> None:
        """`credentials` may hold several values of a webhook secret, one a line, newest first.

        Beside the manifest's names, `mode` says `test` or `live` if the account is a merchant's own.
        """
        ...

    def start(self, case: Case, op: Op) -> list[Fact]:
        """Sends an AUTHORIZE, SETUP or PAYOUT. Under the same `op.id` it is executed once, within the key window."""
        ...

    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        """Continues after the shopper's action: `back` is the return from the PSP; None: the shopper approved.

        It may ask for a further action.
        """
        ...

    def perform(self, case: Case, op: Op) -> list[Fact]:
        """Sends a CAPTURE, CANCEL or REFUND."""
        ...

    def close(self, case: Case, op: Op) -> list[Fact]:
        """Makes sure that the authorization can no longer succeed, even if its request is still under way.

        The close SUCCEEDED if nothing is or can be authorized. It FAILED, with facts about the authorization, if the
        PSP has decided already or is deciding.
        """
        ...

    def ask(self, case: Case) -> list[Fact] | None:
        """All that the PSP knows of the case; None if it could not be reached, or cannot tell for certain.

        An operation that is missing in the answer has certainly not reached it.
        """
        ...

    def receive(self, sent: Sent) -> list[Fact | Look]:
        """Verifies and reads a notification. Raises `NotAuthentic`, `Malformed`; empty: it concerns nothing of ours.

        It may ask the PSP which case it is about. Anything else that escapes makes the PSP send it again.
        """
        ...


# ---- what a connector offers besides, each only where its manifest declares it


@runtime_checkable
class Checks(Protocol):
    def check(self) -> None:
        """A harmless call that proves the credentials. Raises `NotAccepted` with what to do; `NoAnswer`, `NotSent`."""
        ...


@runtime_checkable
class Forgets(Protocol):
    def forget(self, case: Case) -> bool:
        """Deletes the instrument that the SETUP or payment `case` has stored, or will. Whether the PSP confirmed."""
        ...


@runtime_checkable
class TellsBalances(Protocol):
    def balance(self, case: Case) -> int | None:
        """Of a limited tender; 0 if the PSP does not know it, None if it could not be asked."""
        ...


@runtime_checkable
class TellsSettlements(Protocol):
    def settled(self, since: datetime) -> Iterable[Settlement | BankCredit]:
        """What was settled since then, what arrived first first; a line may be told again.

        What is yielded counts, also if the rest cannot be read: then it raises. Each request has its own deadline.
        """
        ...


@runtime_checkable
class ReadsReports(Protocol):
    def read_report(self, report: bytes) -> Iterable[Settlement | BankCredit]:
        """The lines of a settlement report. Raises `Malformed`."""
        ...


@runtime_checkable
class AnswersDisputes(Protocol):
    """None: the PSP could not be reached, or its answer is not known. Raises `NotAccepted`. Once under the same key."""

    def send_evidence(self, case: Case, dispute: str, key: str, evidence: Evidence) -> list[Fact] | None: ...

    def accept_dispute(self, case: Case, dispute: str, key: str) -> list[Fact] | None: ...

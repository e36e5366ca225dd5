"""A merchant's account: credentials, notification endpoints, signature keys, payment methods."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from tillgate.domain.merchants.payout_limits import NOTHING, PayoutLimit
from tillgate.domain.merchants.routes import Route
from tillgate.domain.merchants.token_keys import LIFE
from tillgate.domain.orders.order import RefundsCommission
from tillgate.domain.orders.tenders import AuthorizationSequence

PAYOUTS = "payouts:write"  # moves money to recipients that the caller names: granted by an operator, never by default
SCOPES = ("orders:read", "orders:write", PAYOUTS, "account:write")
LINKS = ("terms", "privacy", "contact")  # pages of the shop that the menu leads to
DEFAULT_SCOPES = tuple(scope for scope in SCOPES if scope != PAYOUTS)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where signed events go, and which ones: `order.updated` stands for all of them (RG-12)."""

    url: str
    events: tuple[str, ...]
    set_at: datetime


@dataclass(frozen=True, slots=True)
class OldSecret:
    """A replaced signing secret; it still signs beside the new one for a while."""

    sealed: str
    until: datetime


@dataclass(frozen=True, slots=True)
class RevokedTokens:
    """A client's access tokens that were issued until then, that second included, are refused."""

    client_id: str
    issued_until: datetime


@dataclass(frozen=True, slots=True)
class SignatureKey:
    """A key that signs the merchant's calls (RG-11). Several are live while they are rotated."""

    key_id: str
    sealed: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MethodRule:
    """How an account offers a payment method (IS-16): amounts in minor units, inclusive; None is no restriction.

    `routes`: the connectors by condition; where none applies, it is `connector`. `failover`: what a PSP has certainly
    not begun is tried with the next one (GO-5).
    """

    connector: str
    enabled: bool = True
    position: int = 100
    min_amount: int | None = None
    max_amount: int | None = None
    currencies: tuple[str, ...] | None = None
    routes: tuple[Route, ...] = ()
    failover: bool = False

    def why_not(self, amount: int, currency: str) -> str | None:
        """Why this rule keeps the method from an order; None if it does not."""
        if self.currencies is not None and currency not in self.currencies:
            return f"the account does not offer it in {currency}"
        if self.min_amount is not None and amount < self.min_amount:
            return f"the account offers it from {self.min_amount}"
        if self.max_amount is not None and amount > self.max_amount:
            return f"the account offers it up to {self.max_amount}"
        return None


@dataclass(frozen=True, slots=True)
class Merchant:
    """An account. `methods`: the connector of each payment method it offers, in the account's order. `method_rules`:
    details of the methods that it has set by API. Secrets are stored encrypted.

    `authorization_sequence`: which of several tenders is authorized first (IS-8). `refunds_commission`: whether a
    vendor gets the commission back when a sale is refunded; applies to orders created from then on.
    `payout_limits`: what may be paid out to persons, by currency; without a limit, nothing (RG-6).
    `calls_per_second`: how often it may call in the long run; None: as often as others.
    `logo_url` (https) and `colour` (#rrggbb) style the payment menu; `links` (https) stand under it, by `LINKS`.
    """

    merchant_id: str
    name: str
    suspended: bool = False
    update_url: str | None = None
    update_url_set_at: datetime | None = None
    endpoints: tuple[Endpoint, ...] = ()
    methods: dict[str, str] = field(default_factory=dict)
    method_rules: dict[str, MethodRule] = field(default_factory=dict)
    authorization_sequence: AuthorizationSequence = AuthorizationSequence.LIMITED_FIRST
    refunds_commission: RefundsCommission = RefundsCommission.PROPORTIONAL
    logo_url: str | None = None
    colour: str | None = None
    links: dict[str, str] = field(default_factory=dict)
    signing_secret: str | None = None  # KMS ciphertext, base64
    old_signing_secrets: tuple[OldSecret, ...] = ()
    signature_keys: tuple[SignatureKey, ...] = ()
    requires_signatures: bool = False
    payout_limits: dict[str, PayoutLimit] = field(default_factory=dict)
    revoked_tokens: tuple[RevokedTokens, ...] = ()
    calls_per_second: float | None = None
    time_zone: str = "UTC"  # of its days: due dates, statements (IANA name)
    attempt_limits: dict[str, int] = field(default_factory=dict)  # failed attempts that are free, where not as usual
    blocked_fingerprints: tuple[str, ...] = ()  # of instruments that the merchant does not accept

    @property
    def key(self) -> str:
        return self.merchant_id

    def payout_limit(self, currency: str) -> PayoutLimit:
        return self.payout_limits.get(currency, NOTHING)

    def has_revoked(self, client_id: str, issued: int) -> bool:
        """Whether a token of that client, issued at that Unix second, is refused."""
        return any(
            each.client_id == client_id and issued <= each.issued_until.timestamp() for each in self.revoked_tokens
        )

    def revoking(self, client_id: str, until: datetime, now: datetime) -> "Merchant":
        """The account that refuses a client's tokens issued until then; forgets revocations whose tokens have ended."""
        others = (each for each in self.revoked_tokens if each.client_id != client_id)
        kept = (each for each in others if now < each.issued_until + LIFE)
        return replace(self, revoked_tokens=(*kept, RevokedTokens(client_id, until)))


@dataclass(frozen=True, slots=True)
class Client:
    """API credentials of a merchant; two secrets are valid during a rotation, newest first. Only hashes are stored.

    `previous_until`: when the older one ends, UTC; None for one that was replaced before overlaps had an end.

    `scopes`: what its tokens may do at most. `known_to`: the operators who granted it payouts or have learned one of
    its secrets since; none of them can be the second person for its requests.
    """

    client_id: str
    merchant_id: str
    secret_hashes: tuple[str, ...]
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    known_to: tuple[str, ...] = ()
    previous_until: datetime | None = None

    def valid_hashes(self, now: datetime) -> tuple[str, ...]:
        overlaps = self.previous_until is None or now < self.previous_until
        return self.secret_hashes if overlaps else self.secret_hashes[:1]

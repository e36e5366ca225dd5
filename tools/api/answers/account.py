"""Responses about a merchant's account: tokens, notification settings, keys, methods."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tillgate.domain.orders.order import RefundsCommission
from tillgate.domain.orders.tenders import AuthorizationSequence
from tillgate.domain.payments.methods import SafeLevel
from tillgate.domain.shared.modes import Mode

from .common import Answer, Instant, MethodName, Money


class Token(Answer):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(description="Seconds.")]
    scope: Annotated[str, Field(default="", description="Only if it lacks one of the default scopes.")]


class Endpoint(Answer):
    url: str
    events: list[str]
    status: Literal["active", "stopped"]


class Notifications(Answer):
    update_url: str | None
    endpoints: list[Endpoint]
    previous_secrets_sign_until: Instant | None
    signing_secret: Annotated[str, Field(default="", description="Only if you requested a new secret; shown once.")]


class SignatureKey(Answer):
    key_id: Annotated[str, Field(description="Use it as the `keyid` of signatures.")]
    created_at: Instant


class NewSignatureKey(Answer):
    key_id: str
    secret: Annotated[str, Field(description="The key in base64; shown once.")]


class Signatures(Answer):
    required: Annotated[bool, Field(description="Unsigned calls are rejected.")]
    keys: list[SignatureKey]
    new_key: Annotated[NewSignatureKey, Field(default=None, description="Only if you requested a new key.")]


class Vendor(Answer):
    vendor_id: str
    name: str
    suspended: bool


class PayoutLimit(Answer):
    currency: str
    per_payout: Money
    per_day: Annotated[Money, Field(description="A day of UTC.")]
    left_today: Money
    approval_above: Annotated[Money | None, Field(description="A payout of more waits for an operator.")]


class Links(Answer):
    terms: Annotated[str | None, Field(description="URL of your terms; the menu leads there.")]
    privacy: Annotated[str | None, Field(description="URL of your privacy notice.")]
    contact: Annotated[str | None, Field(description="URL where shoppers reach you.")]


class Account(Notifications):
    merchant_id: str
    name: str
    suspended: bool
    signatures: Signatures
    methods: list[MethodName]
    time_zone: Annotated[str, Field(description="IANA name: where your days begin and end.")]
    links: Annotated[Links, Field(description="Your pages that the menu leads to.")]
    authorization_sequence: Annotated[
        AuthorizationSequence, Field(description="Which of several tenders the menu authorizes first.")
    ]
    refunds_commission: Annotated[
        RefundsCommission, Field(description="Whether a refund returns the commission to the vendor.")
    ]
    payout_limits: Annotated[
        list[PayoutLimit],
        Field(description="Of payouts to persons. In a currency that is not there nothing may be paid out."),
    ]
    vendors: list[Vendor]


class TimeZone(Answer):
    time_zone: Annotated[str, Field(description="IANA name: where your days begin and end.")]


class ChangedField(Answer):
    old: Annotated[Any, Field(description="null: it was not set, or is as by default.")]
    new: Any


class AccountChange(Answer):
    id: str
    at: Instant
    what: Literal["merchant", "vendor", "client", "connector"]
    of: Annotated[str, Field(description="Its id; a connector's name.")]
    did: Literal["created", "changed", "deleted"]
    by: Annotated[str | None, Field(description="The client's id; `operator` or `system`.")]
    call: Annotated[str | None, Field(description="Your call, such as `PUT /account/time-zone`.")]
    request_id: Annotated[str | None, Field(description="Of your call: its `X-Request-Id`.")]
    outcome: Annotated[str, Field(description="`done`, or what it still waits for.")]
    changes: Annotated[
        dict[str, ChangedField], Field(description="By field, such as `time_zone` or `methods.card`; never secrets.")
    ]


class AccountMethod(Answer):
    method: MethodName
    enabled: bool
    connector: str | None
    position: int
    min_amount: Money | None
    max_amount: Money | None
    currencies: list[str] | None
    limited: Annotated[bool, Field(description="A tender with a balance, such as a gift card.")]
    considered_safe_at: SafeLevel
    routes: list[dict[str, Any]]
    failover: bool


class ConnectorMethod(Answer):
    method: str
    inputs: Annotated[list[str], Field(description="How the PSP learns what is paid with.")]
    capture: list[Literal["auto", "manual"]]
    captures: Literal["none", "whole", "one", "many"]
    cancels: Literal["none", "whole", "part", "by_capture"]
    refunds: Literal["none", "whole", "many"]
    redirect: Literal["none", "before", "after"]
    saves_instruments: bool
    recurring: bool
    brands: Annotated[list[str], Field(description="Empty: any.")]
    currencies: Annotated[list[str] | None, Field(description="`null`: any.")]


class CredentialValue(Answer):
    value_id: Annotated[str, Field(description="For `revoke`.")]
    name: str
    hint: Annotated[str | None, Field(description="The last four characters, if a browser may see the value.")]
    set_at: Instant
    set_by: Annotated[str, Field(description="The API client or the operator.")]
    valid_until: Annotated[Instant | None, Field(description="When a replaced webhook secret ends.")]


class ConnectorCredentials(Answer):
    checked_at: Annotated[Instant | None, Field(description="When the PSP accepted them; `null` if it was not asked.")]
    values: list[CredentialValue]


class Connector(Answer):
    connector: str
    title: Annotated[str, Field(description="The PSP's name.")]
    set_up: Annotated[bool, Field(description="New orders can be paid through it.")]
    mode: Annotated[
        Mode | None, Field(description="Of your account that new orders are paid with; `null` if it is not yours.")
    ]
    methods: list[ConnectorMethod]
    credential_names: list[str]
    webhook_secrets: Annotated[list[str], Field(description="Credentials of which several values can be valid.")]
    notification_url: Annotated[str | None, Field(description="Enter it in your PSP's settings for webhooks.")]
    test: ConnectorCredentials | None
    live: ConnectorCredentials | None
    revision: int

"""A merchant's account as it is answered: tokens, destinations, keys, methods."""

from typing import Annotated, Literal

from pydantic import Field

from tillgate.domain.orders.order import RefundsCommission
from tillgate.domain.orders.tenders import AuthorizationSequence
from tillgate.domain.payments.methods import SafeLevel

from .common import Answer, Instant, MethodName, Money


class Token(Answer):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(description="Seconds.")]
    scope: Annotated[str, Field(default="", description="Only where it is less than all.")]


class Endpoint(Answer):
    url: str
    events: list[str]
    status: Literal["active", "stopped"]


class Notifications(Answer):
    update_url: str | None
    endpoints: list[Endpoint]
    previous_secrets_sign_until: Instant | None
    signing_secret: Annotated[str, Field(default="", description="Told once, where a new one was asked for.")]


class SignatureKey(Answer):
    key_id: Annotated[str, Field(description="The `keyid` of a signature.")]
    created_at: Instant


class NewSignatureKey(Answer):
    key_id: str
    secret: Annotated[str, Field(description="The key in base64, told once.")]


class Signatures(Answer):
    required: Annotated[bool, Field(description="Calls that are not signed are refused.")]
    keys: list[SignatureKey]
    new_key: Annotated[NewSignatureKey, Field(default=None, description="Only where one was asked for.")]


class Vendor(Answer):
    vendor_id: str
    name: str
    suspended: bool


class Account(Notifications):
    merchant_id: str
    name: str
    suspended: bool
    signatures: Signatures
    methods: list[MethodName]
    authorization_sequence: Annotated[
        AuthorizationSequence, Field(description="Which tender of several the menu authorizes first.")
    ]
    refunds_commission: Annotated[
        RefundsCommission, Field(description="Whether a vendor gets its commission back when its sale is refunded.")
    ]
    vendors: list[Vendor]


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

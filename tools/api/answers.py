"""What the API answers, as models: only the description is made of them, and what is answered is held against it."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tillgate.domain.instruments import InstrumentStatus
from tillgate.domain.lifecycle import PaymentStatus
from tillgate.domain.methods import METHODS, SafeLevel
from tillgate.domain.operation import Actor, OperationStatus, OperationType
from tillgate.domain.order import OrderStatus
from tillgate.domain.payment import Recurring
from tillgate.domain.payouts import PayoutStatus
from tillgate.domain.tenders import AuthorizationSequence
from tillgate.store.deliveries import DeliveryStatus, Kind

Money = Annotated[int, Field(ge=0, description="Minor units of the currency.")]
Instant = Annotated[AwareDatetime, Field(description="RFC 3339 in UTC, ending in Z.")]
MethodName = Annotated[str, Field(json_schema_extra={"enum": sorted(METHODS)})]
REASONS = (
    "CANCELLED_BY_PAYER",
    "CANCELLED_BY_PAYER_AT_BANK",
    "BANK_NOT_FOUND",
    "MANUAL_TRANSFER_REQUESTED",
    "INSUFFICIENT_AMOUNT",
    "AML_BLOCKED",
    "REJECTED_BY_BANK",
    "REFUSED",
    "SUSPECTED_FRAUD",
    "EXPIRED_INSTRUMENT",
    "PSP_ERROR",
    "OTHER",
)
Reason = Annotated[str | None, Field(description=f"One of {', '.join(REASONS)}.")]
OrderOperation = Literal["withdraw", "start", "update", "cancel", "refund"]


class Answer(BaseModel):
    """Fields may be added at any time; ignore those you do not know."""

    model_config = ConfigDict(extra="allow")


class Token(Answer):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(description="Seconds.")]
    scope: Annotated[str, Field(default="", description="Only where it is less than all.")]


class FieldError(Answer):
    pointer: Annotated[str, Field(description="JSON pointer to the field.")]
    detail: str


class Problem(Answer):
    """RFC 9457. `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str
    detail: str
    request_id: str
    errors: Annotated[list[FieldError], Field(default=[], description="Only where fields are wrong.")]


class Redirect(Answer):
    url: str
    http_method: Literal["GET", "POST"]
    parameters: dict[str, str]


class Instructions(Answer):
    """A bank transfer to make: whoever reads the reference on a statement knows the payment."""

    iban: str
    holder: str
    reference: str
    due_at: Instant
    received: Annotated[Money, Field(description="What has come of it; the rest is awaited until then.")]


class Sums(Answer):
    authorized: Money
    captured: Money
    cancelled: Money
    refunded: Money


class OrderSums(Sums):
    open: Money


class Operation(Answer):
    operation_id: str
    type: OperationType
    amount: Money
    status: OperationStatus
    reason_code: Reason
    requested_at: Instant


class PaidWith(Answer):
    token: Annotated[str, Field(description="Yours to start the next payment with.")]
    brand: str | None
    last4: Annotated[str | None, Field(default=None, description="Where one order or payment is read.")]


class Payment(Answer):
    payment_id: str
    order_key: str
    method: MethodName
    brand: str | None
    connector: str
    kind: Literal["single", "technical", "vendor"]
    amount: Money
    currency: str
    status: PaymentStatus
    pending: Annotated[bool, Field(description="An operation is at the PSP.")]
    final: bool
    withdrawable: bool
    amounts: Sums
    reason_code: Reason
    psp_reference: str | None
    authorization_expires_at: Instant | None
    allowed_operations: list[Literal["capture", "cancel", "refund", "withdraw", "sync"]]
    operations: list[Operation]
    created_at: Instant
    updated_at: Instant
    redirect: Annotated[Redirect, Field(default=None, description="Only while the shopper has to go there.")]
    instrument: Annotated[PaidWith, Field(default=None, description="Only where it is saved.")]
    recurring: Annotated[Recurring, Field(default=None, description="Only of recurring payments.")]
    instructions: Annotated[Instructions, Field(default=None, description="Only while a bank transfer is awaited.")]
    vendor_id: Annotated[str, Field(default="", description="Only of a vendor payment.")]
    sub_order_reference: Annotated[str, Field(default="", description="Only of a vendor payment.")]


class ConsideredSafe(Answer):
    level: SafeLevel
    since: Instant


class Order(Answer):
    order_key: str
    order_reference: str
    amount: Money
    currency: str
    status: OrderStatus
    menu_url: str
    created_at: Instant
    updated_at: Instant
    expires_at: Instant
    version: Annotated[int, Field(ge=1, description="Grows with every change: tells old from new.")]
    withdrawable: bool
    capture: Literal["auto", "manual"]
    amounts: OrderSums
    allowed_operations: list[OrderOperation]
    payments: list[Payment]
    metadata: dict[str, Any]
    customer: Annotated[dict[str, Any], Field(default={}, description="As given; gone once it is erased.")]
    personal_data_erased_at: Annotated[Instant, Field(default=None, description="Only once it is erased.")]
    considered_safe: Annotated[ConsideredSafe, Field(default=None, description="Only when it is safe to ship.")]


class Customer(Answer):
    name: str | None
    email: str


class Invoice(Answer):
    """An order that is paid by a link. Beside these fields it has what was said of the order."""

    invoice_id: str
    order_key: str
    order_reference: str
    amount: Money
    currency: str
    status: Annotated[
        Literal["DRAFT", "SENDING", "SENT", "SEEN"] | OrderStatus,
        Field(description="Until somebody has begun to pay, how far its e-mail is; then the status of the order."),
    ]
    payment_url: Annotated[str, Field(description="Opens the payment menu, for whoever has it.")]
    due_at: Annotated[AwareDatetime, Field(description="Until when it can be paid.")]
    sent_at: Annotated[AwareDatetime | None, Field(description="When the mail service took the last e-mail.")]
    times_sent: int
    seen_at: Annotated[AwareDatetime | None, Field(description="When the link was first opened.")]
    customer: Annotated[Customer | None, Field(description="null once it was erased.")]
    amounts: OrderSums
    capture: Literal["auto", "manual"]
    withdrawable: bool
    version: int
    created_at: Instant
    updated_at: Instant
    allowed_operations: list[Literal["send", "withdraw"]]
    metadata: dict[str, Any]


class BeforeAfter(Answer):
    before: Any
    after: Any


class HistoryEntry(Answer):
    version: int
    at: Instant
    type: str
    actor: Actor
    cause: str
    order_status: BeforeAfter


class Endpoint(Answer):
    url: str
    events: list[str]
    status: Literal["active", "stopped"]


class PartOfSplit(Answer):
    vendor_id: str
    amount: Money
    sub_order_reference: str
    status: str
    reason_code: Reason
    payment_id: str


class Split(Answer):
    split_id: str
    order_key: str
    status: Literal["RUNNING", "SUCCEEDED", "PARTIAL", "CANCELLED", "MANUAL_INTERVENTION_NEEDED"]
    parts: Annotated[list[PartOfSplit], Field(default=[], description="Each part's state, where the split is read.")]


class PayoutTotals(Answer):
    """captured - fees - refunded + returned is the amount."""

    captured: int
    fees: Money
    refunded: Money
    returned: Annotated[Money, Field(description="Payouts that came back, paid again by this one.")]


class Payout(Answer):
    payout_id: str
    status: PayoutStatus
    pending: Annotated[bool, Field(description="It is at the PSP.")]
    amount: Annotated[int, Field(description="Minor units; below zero while a vendor owes something.")]
    currency: str
    connector: str
    reason_code: Reason
    psp_reference: str | None
    attempts: Annotated[int, Field(description="How often the PSP was asked to pay it.")]
    paid_at: Instant | None
    created_at: Instant
    updated_at: Instant
    vendor_id: Annotated[str, Field(default="", description="Only of a payout to a vendor.")]
    entry_count: Annotated[int, Field(default=0, description="Only of a payout to a vendor.")]
    payout_reference: Annotated[str, Field(default="", description="Only of a payout to a person.")]
    totals: Annotated[PayoutTotals, Field(default=None, description="Only of a payout to a vendor.")]


class PayoutEntry(Answer):
    entry_id: str
    kind: Literal["capture", "refund", "reversal", "payout", "payout_return"]
    reference: Annotated[str, Field(description="The sub-order's, or the payout's that is meant.")]
    amount: Annotated[int, Field(description="What the vendor gets by it; below zero for what is taken.")]
    currency: str
    at: Instant


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


class OrderMethod(Answer):
    method: MethodName
    applies: bool
    connector: str | None
    limited: bool
    reasons: Annotated[list[str], Field(description="Why it does not apply.")]


class Address(Answer):
    address_key: str
    shopper_key: str
    name: str | None
    line1: str
    line2: str | None
    postal_code: str | None
    city: str
    region: str | None
    country: str
    created_at: Instant


class Shopper(Answer):
    shopper_key: str
    shopper_reference: str | None
    name: str | None
    email: str | None
    phone: str | None
    locale: str | None
    metadata: dict[str, Any]
    addresses: list[Address]
    created_at: Instant


class SavedInstrument(Answer):
    token: str
    shopper_key: str
    method: MethodName
    connector: str
    status: InstrumentStatus
    brand: str | None
    last4: str | None
    expires: Annotated[str | None, Field(description="Year and month.")]
    recurring: Annotated[bool, Field(description="May pay without the shopper being there.")]
    created_at: Instant


class Attempt(Answer):
    at: Instant
    status: Annotated[int | None, Field(description="The HTTP status that was answered.")]
    error: Annotated[str | None, Field(description="Why there was no answer.")]


class Notification(Answer):
    id: Annotated[str, Field(description="The `webhook-id` of a signed event.")]
    kind: Kind
    type: Literal["order.updated"]
    order_key: str
    order_reference: str
    version: int
    url: str
    status: DeliveryStatus
    created_at: Instant
    next_attempt_at: Instant | None
    attempts: list[Attempt]


def page_of(name: str) -> dict[str, Any]:
    """The schema of a list of what that component describes."""
    return {
        "type": "object",
        "required": ["items", "next_cursor"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
            "next_cursor": {
                "type": ["string", "null"],
                "description": "Hand it back as `cursor` for the next page; null at the end.",
            },
        },
    }


ANSWERS: tuple[type[Answer], ...] = (
    Token,
    Problem,
    Order,
    Payment,
    Invoice,
    HistoryEntry,
    Split,
    Payout,
    PayoutEntry,
    Notifications,
    Signatures,
    Account,
    AccountMethod,
    OrderMethod,
    Shopper,
    SavedInstrument,
    Address,
    Notification,
)

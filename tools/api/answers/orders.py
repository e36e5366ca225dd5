"""Responses about orders, with their history and the available methods."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.payments.methods import SafeLevel
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.modes import Mode

from .common import Answer, Instant, MethodName, Money
from .payments import Payment, Sums

OrderOperation = Literal["withdraw", "start", "update", "cancel", "refund"]


OnlyIfGiven = Annotated[str, Field()]


class OrderSums(Sums):
    open: Money


class ConsideredSafe(Answer):
    level: SafeLevel
    since: Instant


class Order(Answer):
    order_key: str
    order_reference: str
    amount: Money
    currency: str
    status: OrderStatus
    menu_url: Annotated[
        str, Field(description="With a key of its own: whoever has it may pay and cancel the order on the menu.")
    ]
    created_at: Instant
    updated_at: Instant
    expires_at: Instant
    version: Annotated[int, Field(ge=1, description="Increases with every change: a higher version is newer.")]
    withdrawable: bool
    capture: Literal["auto", "manual"]
    amounts: OrderSums
    allowed_operations: list[OrderOperation]
    payments: list[Payment]
    metadata: dict[str, Any]
    customer: Annotated[dict[str, Any], Field(default={}, description="As you sent it; absent after it was erased.")]
    personal_data_erased_at: Annotated[Instant, Field(default=None, description="Only after personal data was erased.")]
    mode: Annotated[Mode, Field(default=None, description="Only once it was paid through your own account with a PSP.")]
    considered_safe: Annotated[ConsideredSafe, Field(default=None, description="Only when it is safe to ship.")]
    description: OnlyIfGiven = ""
    items: Annotated[list[dict[str, Any]], Field(default=[])]
    shopper_key: OnlyIfGiven = ""
    address_key: OnlyIfGiven = ""
    locale: OnlyIfGiven = ""
    methods: Annotated[list[MethodName], Field(default=[])]
    return_urls: Annotated[dict[str, str], Field(default={})]
    notification_url: OnlyIfGiven = ""
    vendor_id: OnlyIfGiven = ""
    max_open_tenders: Annotated[int, Field(default=1)]
    saved_instruments: Annotated[bool, Field(default=False)]
    shopper_authenticated: Annotated[bool, Field(default=False)]
    multi_vendor: Annotated[bool, Field(default=False)]


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
    payment_id: Annotated[str, Field(default="")]
    payment_status: Annotated[BeforeAfter, Field(default=None)]
    amounts: Annotated[BeforeAfter, Field(default=None)]
    psp_reference: Annotated[str | None, Field(default=None)]
    operation_id: Annotated[str, Field(default="")]
    operation: Annotated[str, Field(default="")]
    status: Annotated[str, Field(default="")]
    amount: Annotated[int, Field(default=0)]
    reason_code: Annotated[str, Field(default="")]
    reason: Annotated[str, Field(default="")]
    why: Annotated[str, Field(default="")]
    surplus: Annotated[int, Field(default=0)]
    token: Annotated[str, Field(default="")]
    by: Annotated[str, Field(default="")]
    booking_id: Annotated[str, Field(default="")]


class Choice(Answer):
    token: str
    name: str


class MethodAbilities(Answer):
    """What can be done with a payment of this method."""

    inputs: Annotated[
        list[Literal["token", "fields", "iban", "hosted", "none"]],
        Field(description="How the PSP learns what is paid with."),
    ]
    capture: Annotated[list[Literal["auto", "manual"]], Field(description="Empty if nothing is held.")]
    captures: Annotated[
        Literal["none", "whole", "one", "many"],
        Field(description="`one`: a part can be captured, once; the rest is released."),
    ]
    cancels: Annotated[
        Literal["none", "whole", "part", "by_capture"],
        Field(description="`by_capture`: a part is released at the PSP when the rest is captured."),
    ]
    refunds: Literal["none", "whole", "many"]
    redirect: Literal["none", "before", "after"]
    saves: Annotated[bool, Field(description="The instrument can be saved.")]
    recurring: bool
    choices: Annotated[list[Choice], Field(description="What a shopper can choose from, such as banks.")]


class OrderMethod(Answer):
    method: MethodName
    applies: bool
    connector: str | None
    limited: bool
    reasons: Annotated[list[str], Field(description="Why it is not available.")]
    can: Annotated[MethodAbilities | None, Field(description="As its connector declares; null without a connector.")]

"""Responses about orders, with their history and the available methods."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.payments.methods import SafeLevel
from tillgate.domain.payments.operations import Actor

from .common import Answer, Instant, MethodName, Money
from .payments import Payment, Sums

OrderOperation = Literal["withdraw", "start", "update", "cancel", "refund"]


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
    menu_url: str
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
    considered_safe: Annotated[ConsideredSafe, Field(default=None, description="Only when it is safe to ship.")]


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


class OrderMethod(Answer):
    method: MethodName
    applies: bool
    connector: str | None
    limited: bool
    reasons: Annotated[list[str], Field(description="Why it is not available.")]

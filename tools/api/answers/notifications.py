"""Responses about notifications, with every attempt."""

from typing import Annotated, Literal

from pydantic import Field

from tillgate.domain.notifications.delivery import DeliveryStatus, Kind

from .common import Answer, Instant
from .orders import Order


class Attempt(Answer):
    at: Instant
    status: Annotated[int | None, Field(description="The HTTP status of the response.")]
    error: Annotated[str | None, Field(description="Why there was no response.")]


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


class Event(Answer):
    """The body of a signed event."""

    type: Literal["order.updated"]
    timestamp: Instant
    data: Order

"""What merchants may set of their account (IS-16, RG-12), and the queries of its lists."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from tillgate.api.http.fields import MOST, Body, Currency, Flag, NotificationUrl, Whole
from tillgate.domain.notifications.event_types import ANY, EVENTS

KeyId = Annotated[str, StringConstraints(min_length=1, max_length=100)]


def _event(name: str) -> str:
    if name not in EVENTS:
        raise ValueError(f"must be one of {', '.join(EVENTS)}")
    return name


Event = Annotated[str, AfterValidator(_event), Field(json_schema_extra={"enum": list(EVENTS)})]


class SetEndpoint(Body):
    """Where signed events go. `order.updated` stands for all of them."""

    url: NotificationUrl
    events: Annotated[list[Event], Field(min_length=1, max_length=20)] = [ANY]


class SetNotifications(Body):
    """What is not given stays as it is. Naming a URL again lifts a stop that it had asked for with 410."""

    update_url: NotificationUrl | None = None
    endpoints: Annotated[list[SetEndpoint], Field(max_length=10)] | None = None
    rotate_secret: Flag = False

    @field_validator("endpoints")
    @classmethod
    def _once_each(cls, endpoints: list[SetEndpoint] | None) -> list[SetEndpoint] | None:
        urls = [endpoint.url for endpoint in endpoints or []]
        if len(set(urls)) < len(urls):
            raise ValueError("must name each url only once")
        return endpoints


class SetSignatures(Body):
    """Keys that sign calls. `required` is taken of a call that is signed itself: it shows that you can."""

    required: Flag | None = None
    new_key: Flag = False
    retire: Annotated[list[KeyId], Field(max_length=10)] = []


class SetMethod(Body):
    """How a payment method is offered. What is not given is not restricted."""

    enabled: Flag = True
    connector: Annotated[str, StringConstraints(min_length=1, max_length=50)] = "sandbox"
    position: Annotated[Whole, Field(ge=1, le=1000)] = 100
    min_amount: Annotated[Whole, Field(ge=1, le=MOST)] | None = None
    max_amount: Annotated[Whole, Field(ge=1, le=MOST)] | None = None
    currencies: Annotated[list[Currency], Field(min_length=1, max_length=50)] | None = None

    @model_validator(mode="after")
    def _a_span(self) -> "SetMethod":
        if self.min_amount is not None and self.max_amount is not None and self.min_amount > self.max_amount:
            raise ValueError("min_amount must not be more than max_amount")
        return self

"""What merchants may set of their account (IS-16, RG-12), and the queries of its lists."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from tillgate.api.http.fields import MOST, Body, Currency, Flag, NotificationUrl, ReturnUrl, Whole
from tillgate.domain.notifications.event_types import ANY, EVENTS
from tillgate.domain.shared.time_zones import check_time_zone

ConnectorName = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Brand = Annotated[str, StringConstraints(pattern="^[a-z0-9_]{1,30}$")]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
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
    """What is not given stays as it is. Naming a URL again lifts a stop that it had asked for with 410. `revoke_now`: a
    replaced secret signs no more."""

    update_url: NotificationUrl | None = None
    endpoints: Annotated[list[SetEndpoint], Field(max_length=10)] | None = None
    rotate_secret: Flag = False
    revoke_now: Flag = False

    @field_validator("endpoints")
    @classmethod
    def _once_each(cls, endpoints: list[SetEndpoint] | None) -> list[SetEndpoint] | None:
        urls = [endpoint.url for endpoint in endpoints or []]
        if len(set(urls)) < len(urls):
            raise ValueError("must name each url only once")
        return endpoints


class SetTimeZone(Body):
    """Where the account's days begin and end: an IANA name."""

    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(check_time_zone)]


class SetLinks(Body):
    """The shop's pages that the menu leads to, https. What is not given is shown no more."""

    terms: ReturnUrl | None = None
    privacy: ReturnUrl | None = None
    contact: ReturnUrl | None = None


class SetSignatures(Body):
    """Keys that sign calls. `required` is taken of a call that is signed itself: it shows that you can."""

    required: Flag | None = None
    new_key: Flag = False
    retire: Annotated[list[KeyId], Field(max_length=10)] = []


class RouteCondition(Body):
    """All have to hold. A brand is known of a saved instrument, a country of an order with an address."""

    currencies: Annotated[list[Currency], Field(min_length=1, max_length=50)] | None = None
    brands: Annotated[list[Brand], Field(min_length=1, max_length=20)] | None = None
    countries: Annotated[list[Country], Field(min_length=1, max_length=250)] | None = None
    amount_from: Annotated[Whole, Field(ge=1, le=MOST)] | None = None
    amount_to: Annotated[Whole, Field(ge=1, le=MOST)] | None = None

    @model_validator(mode="after")
    def _a_span(self) -> "RouteCondition":
        if self.amount_from is not None and self.amount_to is not None and self.amount_from > self.amount_to:
            raise ValueError("amount_from must not be more than amount_to")
        return self


class SetRoute(Body):
    """A connector and when it is used. Weights share the traffic between the routes that apply and have one."""

    connector: ConnectorName
    weight: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    when: RouteCondition = RouteCondition()


class SetMethod(Body):
    """How a payment method is offered. What is not given is not restricted.

    `routes` are tried in their order; where none applies, `connector` is used. `failover`: if a PSP has certainly not
    begun a payment, the next one is tried.
    """

    enabled: Flag = True
    connector: ConnectorName | None = None
    routes: Annotated[list[SetRoute], Field(max_length=20)] = []
    failover: Flag = False
    position: Annotated[Whole, Field(ge=1, le=1000)] = 100
    min_amount: Annotated[Whole, Field(ge=1, le=MOST)] | None = None
    max_amount: Annotated[Whole, Field(ge=1, le=MOST)] | None = None
    currencies: Annotated[list[Currency], Field(min_length=1, max_length=50)] | None = None

    @model_validator(mode="after")
    def _a_span(self) -> "SetMethod":
        if self.min_amount is not None and self.max_amount is not None and self.min_amount > self.max_amount:
            raise ValueError("min_amount must not be more than max_amount")
        return self


CredentialName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
CredentialValue = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class SetConnector(Body):
    """Your own account with a PSP. Names that are not given keep their values; `null` credentials delete all of this
    mode. `revoke` ends values at once. `use`: new orders are paid with this mode. `check`: the PSP has to accept
    the credentials first."""

    model_config = ConfigDict(hide_input_in_errors=True)

    mode: Literal["test", "live"]
    credentials: Annotated[dict[CredentialName, CredentialValue], Field(min_length=1, max_length=20)] | None = None
    revoke: Annotated[list[KeyId], Field(max_length=20)] = []
    use: Flag | None = None
    check: Flag = True

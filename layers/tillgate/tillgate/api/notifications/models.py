"""The query of the log of notifications."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from tillgate.api.http.fields import Body, Cursor, Limit
from tillgate.domain.notifications.delivery import DeliveryStatus


class ListNotifications(Body):
    """The query of the log of notifications."""

    order_key: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    status: DeliveryStatus | None = None
    kind: Literal["event", "update"] | None = None
    limit: Limit = 20
    cursor: Cursor | None = None

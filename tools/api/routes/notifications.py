"""Routes of what merchants were sent."""

from tillgate.api.http.fields import Nothing
from tillgate.api.notifications.models import ListNotifications

from .route import BUSY, WRITE, Route, read

ROUTES: tuple[Route, ...] = (
    read(
        "list_notifications",
        "/notifications",
        "Notifications",
        "List notifications",
        "What was sent to you, newest first: the order's `notification_url`, your endpoints, your update URL.",
        "list of Notification",
        query=ListNotifications,
    ),
    Route(
        "post",
        "/notifications/{id}/resend",
        "resend_notification",
        "Notifications",
        "Resend a notification",
        "Tries it now, whatever became of it before, and for another 72 hours if it is not taken.",
        {202: "Notification"},
        scope=WRITE,
        body=Nothing,
        refusals={409: BUSY},
        idempotent=True,
    ),
)

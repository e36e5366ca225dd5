"""Routes of the notifications that merchants were sent."""

from tillgate.api.http.fields import Nothing
from tillgate.api.notifications.models import ListNotifications

from .route import BUSY, WRITE, Route, read

ROUTES: tuple[Route, ...] = (
    read(
        "list_notifications",
        "/notifications",
        "Notifications",
        "List notifications",
        "Notifications to orders' `notification_url`, your endpoints and your update URL, newest first.",
        "list of Notification",
        query=ListNotifications,
    ),
    Route(
        "post",
        "/notifications/{id}/resend",
        "resend_notification",
        "Notifications",
        "Resend a notification",
        "Sends it now, whatever its status, and retries for another 72 hours if it is not accepted.",
        {202: "Notification"},
        scope=WRITE,
        body=Nothing,
        refusals={409: BUSY},
        idempotent=True,
    ),
)

"""What we call: the events and the update URL of merchants, as `webhooks` of the document."""

from .responses import Schema, reference

HEADERS = {
    "webhook-id": (
        "The same for every copy of an event: keep those you have seen.",
        "ntf_00000000000000000000000001_2_0a1b",
    ),
    "webhook-timestamp": ("Unix seconds of this attempt. Reject what is more than five minutes off.", "1893499200"),
    "webhook-signature": (
        "`v1,` and the Base64 HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` with your signing secret; "
        "several are separated by spaces.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
}
ANSWERS: Schema = {
    "2XX": {"description": "Taken, within ten seconds. Any other answer is tried again for 72 hours."},
    "410": {"description": "This endpoint is not called again until you configure it again."},
}


def webhooks(event: Schema) -> Schema:
    """`event`: an example, as it was sent."""
    return {
        "order.updated": {
            "post": {
                "operationId": "receive_event",
                "tags": ["Notifications"],
                "summary": "An order has changed",
                "description": "A signed event (Standard Webhooks 1.0.0) to your endpoints and the order's "
                "`notification_url`. It comes at least once, and possibly out of order: keep the highest "
                "`data.version` of each order. Verify it over the raw body before you read it.",
                "parameters": [
                    {
                        "name": name,
                        "in": "header",
                        "required": True,
                        "description": text,
                        "schema": {"type": "string"},
                        "example": example,
                    }
                    for name, (text, example) in HEADERS.items()
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": reference("Event"), "example": event}},
                },
                "responses": ANSWERS,
                "security": [],
            }
        },
        "update": {
            "get": {
                "operationId": "receive_update",
                "tags": ["Notifications"],
                "summary": "Query an order again",
                "description": "To your account's update URL. Anyone can forge it: it is a hint to query the order.",
                "parameters": [
                    {
                        "name": "id",
                        "in": "query",
                        "required": True,
                        "description": "The order's `order_reference`.",
                        "schema": {"type": "string"},
                        "example": "2026-1001",
                    }
                ],
                "responses": ANSWERS,
                "security": [],
            }
        },
    }

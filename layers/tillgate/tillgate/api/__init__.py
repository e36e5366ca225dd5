"""The HTTP face: authentication, content negotiation, problem details, idempotency, views."""

"""The HTTP API: authentication, content negotiation, problem details, idempotency, models and views."""

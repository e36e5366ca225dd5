"""What every call shares: endpoint, authentication, content negotiation, problem details, idempotency, cursors."""

"""What every table access shares: keys, conditions, transactions, idempotency, the due index, encryption."""

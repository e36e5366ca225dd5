"""What merchants are notified of, and when a delivery is retried."""

"""What merchants are notified about, and when a delivery is retried."""

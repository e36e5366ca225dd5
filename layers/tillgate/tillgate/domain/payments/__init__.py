"""One payment: its lifecycle, its operations, its sums, the payment methods."""

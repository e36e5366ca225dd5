"""Recipients of invoices."""

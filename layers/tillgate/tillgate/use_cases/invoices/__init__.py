"""Create, send and withdraw invoices."""

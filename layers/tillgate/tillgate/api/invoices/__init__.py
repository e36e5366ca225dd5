"""Models and views of invoices."""

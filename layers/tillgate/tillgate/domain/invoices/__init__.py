"""Invoices: orders with a payment link that goes to the customer by e-mail."""

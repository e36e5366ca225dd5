"""Invoices: orders whose payment link is sent to the customer by e-mail."""

"""Merchant accounts, vendors, credentials."""

"""Accounts, credentials, signature keys, method settings."""

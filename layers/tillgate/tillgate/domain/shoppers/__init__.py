"""Shoppers, their saved instruments, the erasure of personal data."""

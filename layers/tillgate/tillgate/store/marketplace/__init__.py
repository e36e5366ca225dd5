"""Vendor payments and splits."""

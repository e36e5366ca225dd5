"""Splits and vendor payments as the API takes and shows them."""

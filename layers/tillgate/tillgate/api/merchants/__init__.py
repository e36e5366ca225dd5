"""Merchant accounts as the API takes and shows them."""

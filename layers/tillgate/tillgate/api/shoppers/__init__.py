"""Shoppers, addresses and saved instruments as the API takes and shows them."""

"""Notifications to merchants as the API takes and shows them."""

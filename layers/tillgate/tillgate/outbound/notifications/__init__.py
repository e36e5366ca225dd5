"""Notifications to merchants: addresses, signatures, the HTTP call (RG-12, GO-2)."""

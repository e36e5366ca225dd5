"""Deliveries of notifications to merchants."""

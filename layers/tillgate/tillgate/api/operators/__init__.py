"""Operators' calls: named actions with their fields, and what is shown of an order (ONE-9)."""

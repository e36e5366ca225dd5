"""Vendors' earnings, in double-entry bookkeeping."""

"""Payouts to vendors and to persons."""

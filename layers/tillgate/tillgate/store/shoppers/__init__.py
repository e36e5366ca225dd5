"""Shoppers, saved instruments, erasures."""

"""Shoppers, addresses, saved instruments, erasure and retention."""

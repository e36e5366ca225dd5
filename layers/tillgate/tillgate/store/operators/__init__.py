"""The operators' work list."""

"""Orders and their history."""

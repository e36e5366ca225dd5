"""Pay vendors, split payments, unwind splits, pay vendors out."""

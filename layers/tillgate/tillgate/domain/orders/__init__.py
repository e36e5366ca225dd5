"""The order aggregate: the order with its payments, what may be asked of it, what it does by itself."""

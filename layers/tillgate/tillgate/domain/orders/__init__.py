"""The order aggregate: the order with its payments, the operations on it, what it does by itself."""

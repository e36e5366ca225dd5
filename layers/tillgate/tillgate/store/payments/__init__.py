"""The list of a merchant's disputes."""

"""Orders of many vendors: vendor payments and splits."""

"""Multi-vendor orders: vendor payments and splits."""

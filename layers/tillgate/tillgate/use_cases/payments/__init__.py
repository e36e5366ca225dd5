"""Start, capture, cancel, refund, withdraw and list payments."""

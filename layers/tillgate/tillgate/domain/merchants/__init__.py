"""Rules for what merchants configure."""

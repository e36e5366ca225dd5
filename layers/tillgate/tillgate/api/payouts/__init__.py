"""Models and views of payouts."""

"""What a payment costs and what a cold start imports: counts and ratios, never wall-clock times."""

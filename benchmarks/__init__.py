"""What a payment costs, counted, and what handlers cost beside a bare one: ratios, never wall-clock times."""

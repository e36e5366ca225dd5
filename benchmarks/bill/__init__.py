"""What a flow costs, counted while the real functions run, and dollars a million of it (ONE-5)."""

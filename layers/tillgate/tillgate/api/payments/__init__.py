"""Models and views of payments."""

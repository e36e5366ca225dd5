"""Models and views of merchant accounts."""

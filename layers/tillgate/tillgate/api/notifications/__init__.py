"""Models and views of notifications to merchants."""

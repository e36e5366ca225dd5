"""Models and views of orders."""

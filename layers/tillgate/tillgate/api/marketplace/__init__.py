"""Models and views of splits and vendor payments."""

"""Work list and resolutions."""

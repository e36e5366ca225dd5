"""Pay out to persons."""

"""Money that is paid out to vendors and to persons."""

"""Tools that maintain the repository. Nothing here runs in production."""

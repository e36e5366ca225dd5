"""One verb a module: load, ask the domain, save; call the PSP between two saves."""

"""Methods without a PSP (IS-18)."""

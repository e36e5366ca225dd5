"""One module a PSP. A connector translates operations into its protocol and what it says into facts; no more."""

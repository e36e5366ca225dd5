"""An example: a connector for a PSP of its own, Acme Pay, to copy from. The kit's own tests run it."""

"""Lambda handler of the sandbox PSP's queue. Lambda puts this folder on the import path."""

from sandbox.consumer import handler  # type: ignore[import-not-found]

__all__ = ["handler"]

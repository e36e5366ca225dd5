"""Lambda handler of the sandbox PSP's settlement report. Lambda puts this folder on the import path."""

from sandbox.reports import handler  # type: ignore[import-not-found]

__all__ = ["handler"]

"""Lambda handler of the sandbox PSP's REST API and its pages. Lambda puts this folder on the import path."""

from sandbox.http import handler  # type: ignore[import-not-found]

__all__ = ["handler"]

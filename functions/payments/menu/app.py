"""Lambda handler of the payment menu: GET and POST under /pay. Lambda puts this folder on the import path."""

from pages.http import handler  # type: ignore[import-not-found]

__all__ = ["handler"]

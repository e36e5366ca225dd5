"""Lambda handler of the payment menu: GET and POST under /pay. Lambda puts this folder on the import path."""

from pages.http import handler  # type: ignore[import-not-found]

from tillgate.runtime.aws import make_at_init

make_at_init("dynamodb")

__all__ = ["handler"]

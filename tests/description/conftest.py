"""The world of the functions' tests."""

from tests.functions.conftest import aws, paid, world

__all__ = ["aws", "paid", "world"]

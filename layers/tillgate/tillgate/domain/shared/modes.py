"""Test and live, apart (GO-8): PSPs keep them in separate accounts with separate credentials."""

from enum import StrEnum


class Mode(StrEnum):
    """Which of a merchant's own accounts with a PSP is used. Live moves real money."""

    TEST = "test"
    LIVE = "live"

"""The conformance kit (ONE-7): what a connector's manifest declares generates its tests.

A package supplies one `Setup`. The kit compares whatever the connector says with the PSP's own truth.
"""

from connector_kit.setup_api import CannotShow, Choice, Deed, Setup, Truth

__all__ = ["CannotShow", "Choice", "Deed", "Setup", "Truth"]

"""Generated from the OpenAPI document by `python -m tools.docs`; do not edit."""

__version__ = "1.0.0"

"""Spaces by the hour, as staff see and book them."""

from . import pages

__all__ = ["pages"]

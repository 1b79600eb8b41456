"""The tape chart: the house's rooms and days at one glance, and everything that is done there."""

from . import pages

__all__ = ["pages"]

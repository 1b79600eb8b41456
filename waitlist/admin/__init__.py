"""Those who wait, in the administration."""

from . import alerts

__all__ = ["alerts"]

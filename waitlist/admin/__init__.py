"""Those who wait, in the administration."""

from . import alerts, entries, offers

__all__ = ["alerts", "entries", "offers"]

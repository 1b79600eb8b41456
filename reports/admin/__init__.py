"""Reports in the administration: their pages, what is sent regularly, and exports."""

from . import groups, pages, schedules

__all__ = ["groups", "pages", "schedules"]

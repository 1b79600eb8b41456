"""What guests see before they book."""

from .pages import calendar, calendar_feed, home, property_detail, search
from .prices import price_history_page

__all__ = ["calendar", "calendar_feed", "home", "price_history_page", "property_detail", "search"]

"""The inventory for programs."""

from .catalogue import PropertyListView, PropertyView, RatePlanListView, RoomTypeListView
from .prices import PriceHistoryView
from .stays import AvailabilityBatchView, AvailabilityView, CalendarView, QuoteView, SearchView

__all__ = [
    "AvailabilityBatchView",
    "AvailabilityView",
    "CalendarView",
    "PriceHistoryView",
    "PropertyListView",
    "PropertyView",
    "QuoteView",
    "RatePlanListView",
    "RoomTypeListView",
    "SearchView",
]

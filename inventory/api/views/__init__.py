"""The inventory for programs."""

from .catalogue import PropertyListView, PropertyView, RatePlanListView, RoomTypeListView
from .stays import AvailabilityBatchView, AvailabilityView, CalendarView, QuoteView, SearchView

__all__ = [
    "AvailabilityBatchView",
    "AvailabilityView",
    "CalendarView",
    "PropertyListView",
    "PropertyView",
    "QuoteView",
    "RatePlanListView",
    "RoomTypeListView",
    "SearchView",
]

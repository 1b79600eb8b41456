"""The waitlist for programs."""

from .entries import EntryLeaveView, EntryListView, EntryView
from .offers import OfferAcceptView, OfferDeclineView, OfferView

__all__ = [
    "EntryLeaveView",
    "EntryListView",
    "EntryView",
    "OfferAcceptView",
    "OfferDeclineView",
    "OfferView",
]

"""Bookings for programs."""

from .cancelling import BookingCancelView, CancellationView
from .details import BookingConfirmView, BookingGuestView, BookingView, CalendarView
from .finding import BookingListView, BookingLookupView
from .paying import BookingPayView, PaymentListView
from .reviews import (
    BookingReviewView,
    PropertyReviewListView,
    ReviewListView,
    ReviewModerateView,
    ReviewReplyView,
    ReviewReportView,
)
from .trips import TripBookingView, TripCalendarView, TripListView, TripPayView, TripShareView, TripView

__all__ = [
    "BookingCancelView",
    "BookingConfirmView",
    "BookingGuestView",
    "BookingListView",
    "BookingLookupView",
    "BookingPayView",
    "BookingReviewView",
    "BookingView",
    "CalendarView",
    "CancellationView",
    "PaymentListView",
    "PropertyReviewListView",
    "ReviewListView",
    "ReviewModerateView",
    "ReviewReplyView",
    "ReviewReportView",
    "TripBookingView",
    "TripCalendarView",
    "TripListView",
    "TripPayView",
    "TripShareView",
    "TripView",
]

"""Bookings for programs."""

from .cancelling import BookingCancelView, CancellationView
from .details import BookingConfirmView, BookingGuestView, BookingView, CalendarView
from .finding import BookingListView, BookingLookupView
from .paying import BookingPayView, PaymentListView

__all__ = [
    "BookingCancelView",
    "BookingConfirmView",
    "BookingGuestView",
    "BookingListView",
    "BookingLookupView",
    "BookingPayView",
    "BookingView",
    "CalendarView",
    "CancellationView",
    "PaymentListView",
]

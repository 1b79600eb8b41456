"""Bookings for programs."""

from .cancelling import BookingCancelView, CancellationView
from .changing import BookingChangePreviewView, BookingChangesView, BookingChangeView
from .details import BookingConfirmView, BookingGuestView, BookingView, CalendarView
from .finding import BookingListView, BookingLookupView
from .invoices import InvoiceListView, InvoicePdfView
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
    "BookingChangePreviewView",
    "BookingChangeView",
    "BookingChangesView",
    "BookingConfirmView",
    "BookingGuestView",
    "BookingListView",
    "BookingLookupView",
    "BookingPayView",
    "BookingReviewView",
    "BookingView",
    "CalendarView",
    "CancellationView",
    "InvoiceListView",
    "InvoicePdfView",
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

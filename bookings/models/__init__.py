"""Bookings and the nights they were sold for, trips they belong to, and reviews of what they were like."""

from .booking import Booking, BookingChannel, BookingNight
from .notices import BookingNotice, NoticeKind, StaffDigest
from .reviews import REVIEW_TRANSITIONS, ReportReason, ReportStatus, Review, ReviewReport, ReviewStatus
from .trips import Trip

__all__ = [
    "REVIEW_TRANSITIONS",
    "Booking",
    "BookingChannel",
    "BookingNight",
    "BookingNotice",
    "NoticeKind",
    "ReportReason",
    "ReportStatus",
    "Review",
    "ReviewReport",
    "ReviewStatus",
    "StaffDigest",
    "Trip",
]

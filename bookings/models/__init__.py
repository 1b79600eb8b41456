"""Bookings and their nights, their changes, guests, trips, and reviews of what stays were like."""

from .assignments import RoomAssignment
from .booking import Booking, BookingChannel, BookingNight
from .changes import CHANGE_TRANSITIONS, BookingChange, BookingChangeHold, ChangeStatus
from .groups import OPEN_GROUP_STATUSES, Group, GroupBlock, GroupStatus
from .guests import Guest, GuestMerge
from .notes import BookingNote
from .notices import BookingNotice, NoticeKind, StaffDigest
from .registrations import DocumentKind, Registration
from .reviews import REVIEW_TRANSITIONS, ReportReason, ReportStatus, Review, ReviewReport, ReviewStatus
from .space_bookings import SpaceBooking, SpaceSeries
from .trips import Trip

__all__ = [
    "CHANGE_TRANSITIONS",
    "OPEN_GROUP_STATUSES",
    "REVIEW_TRANSITIONS",
    "Booking",
    "BookingChange",
    "BookingChangeHold",
    "BookingChannel",
    "BookingNight",
    "BookingNote",
    "BookingNotice",
    "ChangeStatus",
    "DocumentKind",
    "Group",
    "GroupBlock",
    "GroupStatus",
    "Guest",
    "GuestMerge",
    "NoticeKind",
    "Registration",
    "ReportReason",
    "ReportStatus",
    "Review",
    "ReviewReport",
    "ReviewStatus",
    "RoomAssignment",
    "SpaceBooking",
    "SpaceSeries",
    "StaffDigest",
    "Trip",
]

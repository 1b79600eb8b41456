"""The guest's way from a price to a stay, one module per step."""

from .arriving import arrival
from .cancelling import cancel
from .changing import change
from .details import calendar_file, detail, status
from .extras import extras
from .finding import booking_list, dashboard, lookup
from .guests import guest
from .invoices import invoice_file
from .paying import pay, pay_card, payment_return
from .reviews import property_reviews, report, review, review_remove
from .starting import start
from .trip_paying import trip_pay, trip_return
from .trips import trip, trip_calendar, trip_do, trip_new, trip_shared, trip_stop

__all__ = [
    "arrival",
    "booking_list",
    "calendar_file",
    "cancel",
    "change",
    "dashboard",
    "detail",
    "extras",
    "guest",
    "invoice_file",
    "lookup",
    "pay",
    "pay_card",
    "payment_return",
    "property_reviews",
    "report",
    "review",
    "review_remove",
    "start",
    "status",
    "trip",
    "trip_calendar",
    "trip_do",
    "trip_new",
    "trip_pay",
    "trip_return",
    "trip_shared",
    "trip_stop",
]

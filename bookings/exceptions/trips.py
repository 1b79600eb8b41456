"""What trips refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, NotFound, register_constraint

from .base import BookingError


class TripNotFound(BookingError, NotFound):
    """There is no such trip, or it is somebody else's (404)."""

    code = "trip_not_found"


class TripForeign(BookingError, Conflict):
    """The booking belongs to somebody else's account than the trip (409)."""

    code = "trip_of_other_guest"
    message = _("A trip holds the bookings of one guest.")


class TripFull(BookingError, Conflict):
    """A trip has its limits (409). ``data`` has the most bookings."""

    code = "trip_full"
    message = _("This trip cannot take more bookings.")


class TripCurrencies(BookingError, Conflict):
    """What is due is in several currencies (409). ``data`` has them."""

    code = "trip_currencies"
    message = _("These bookings are priced in different currencies. Please pay for each of them.")


class TripPriceChanged(BookingError, Conflict):
    """What is due is not what was shown (409). ``data`` has what it is now."""

    code = "trip_price_changed"
    message = _("What is due has changed in the meantime. Please look again.")


register_constraint("booking_trip_of_same_user", TripForeign)

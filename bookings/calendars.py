"""A booking as a calendar file."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event, vText

from inventory.models import Property

from .models import Booking
from .transitions import BookingStatus

PRODUCT_ID = "-//Vacancy//Bookings//EN"


def booking_ical(booking: Booking, *, at: datetime | None = None) -> bytes:
    """An iCalendar file with the stay as one all-day event, in the active language. No query with the property at hand.

    The event's end is the day of departure, as iCalendar's ends are exclusive. Its UID is the reference, and its
    sequence the booking's version, so that a file fetched later updates the entry; a cancelled stay cancels it.
    """
    house = booking.property
    event = Event()
    event.add("uid", f"{booking.reference}@{settings.SITE_URL.partition('://')[2]}")
    event.add("dtstamp", at or timezone.now())
    event.add("dtstart", booking.arrival)
    event.add("dtend", booking.departure)
    event.add("sequence", booking.version)
    event.add("summary", _("Stay at %(property)s") % {"property": house.name})
    event.add("description", "\n".join(_details(booking, house)))
    event.add("location", vText(", ".join(_address(house))))
    event.add("status", "CANCELLED" if booking.status == BookingStatus.CANCELLED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if house.latitude is not None and house.longitude is not None:
        event.add("geo", (float(house.latitude), float(house.longitude)))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if booking.status == BookingStatus.CANCELLED else "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()


def _details(booking: Booking, house: Property) -> list[str]:
    rooms = ngettext("%(count)d room", "%(count)d rooms", booking.rooms) % {"count": booking.rooms}
    lines = [
        _("Booking %(reference)s") % {"reference": booking.reference},
        f"{rooms}: {booking.room_type.name}, {booking.rate_plan.name}",
        _("Arrival from %(time)s") % {"time": house.arrival_from.strftime("%H:%M")},
        _("Departure until %(time)s") % {"time": house.departure_until.strftime("%H:%M")},
    ]
    return [*lines, *(str(contact) for contact in (house.phone, house.email) if contact)]


def _address(house: Property) -> list[str]:
    place = " ".join(part for part in (house.postal_code, house.city) if part)
    return [part for part in (house.name, house.address, place, house.country) if part]

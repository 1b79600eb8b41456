"""A booking as a calendar file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event, vText

from inventory.models import Property

from .models import Booking, Trip
from .transitions import BookingStatus

PRODUCT_ID = "-//Vacancy//Bookings//EN"
FEED_REFRESH_HOURS = 6


def booking_ical(booking: Booking, *, at: datetime | None = None) -> bytes:
    """An iCalendar file with the stay as one all-day event, in the active language. No query with the property at hand.

    The event's end is the day of departure, as iCalendar's ends are exclusive. Its UID is the reference, and its
    sequence the booking's version, so that a file fetched later updates the entry; a cancelled stay cancels it.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if booking.status == BookingStatus.CANCELLED else "PUBLISH")
    calendar.add_component(_event(booking, at=at))
    return calendar.to_ical()


def trip_ical(trip: Trip, bookings: Iterable[Booking], *, at: datetime | None = None) -> bytes:
    """All stays of a trip as a calendar to subscribe to, in the active language. No query with the properties at hand.

    Nobody's name or reference is in it, only houses and dates: the address is secret, but it is handed on. What is
    held is tentative, what was called off is cancelled.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", trip.title)
    calendar.add("x-wr-calname", trip.title)
    calendar.add("refresh-interval", timedelta(hours=FEED_REFRESH_HOURS), parameters={"VALUE": "DURATION"})
    for booking in bookings:
        calendar.add_component(_event(booking, at=at, is_shared=True))
    return calendar.to_ical()


def _event(booking: Booking, *, at: datetime | None, is_shared: bool = False) -> Event:
    house = booking.property
    event = Event()
    name = f"stay-{booking.pk}" if is_shared else booking.reference
    event.add("uid", f"{name}@{settings.SITE_URL.partition('://')[2]}")
    event.add("dtstamp", at or timezone.now())
    event.add("dtstart", booking.arrival)
    event.add("dtend", booking.departure)
    event.add("sequence", booking.version)
    event.add("summary", _("Stay at %(property)s") % {"property": house.name})
    event.add("description", "\n".join(_details(booking, house, is_shared=is_shared)))
    event.add("location", vText(", ".join(_address(house))))
    event.add("status", _status(booking))
    event.add("transp", "TRANSPARENT")
    if house.latitude is not None and house.longitude is not None:
        event.add("geo", (float(house.latitude), float(house.longitude)))
    return event


def _status(booking: Booking) -> str:
    if booking.status in (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW):
        return "CANCELLED"
    return "TENTATIVE" if booking.status == BookingStatus.HELD else "CONFIRMED"


def _details(booking: Booking, house: Property, *, is_shared: bool = False) -> list[str]:
    rooms = ngettext("%(count)d room", "%(count)d rooms", booking.rooms) % {"count": booking.rooms}
    named = [] if is_shared else [_("Booking %(reference)s") % {"reference": booking.reference}]
    lines = [
        *named,
        f"{rooms}: {booking.room_type.name}, {booking.rate_plan.name}",
        _("Arrival from %(time)s") % {"time": house.arrival_from.strftime("%H:%M")},
        _("Departure until %(time)s") % {"time": house.departure_until.strftime("%H:%M")},
    ]
    return [*lines, *(str(contact) for contact in (house.phone, house.email) if contact)]


def _address(house: Property) -> list[str]:
    place = " ".join(part for part in (house.postal_code, house.city) if part)
    return [part for part in (house.name, house.address, place, house.country) if part]

"""Calendars of spaces: what the feed of each says, and one booking as a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override
from icalendar import Calendar, Event

from bookings.models import SpaceBooking
from bookings.space_transitions import OCCUPYING_STATUSES, SpaceBookingStatus
from core.exceptions import NotFound
from core.references import token_hash
from inventory.channels.writing import REFRESH
from inventory.selectors.spaces import space_feed_by_token

PRODUCT_ID = "-//Vacancy//Spaces//EN"
FEED_PAST_DAYS = 30
CALLED_OFF = (
    SpaceBookingStatus.CANCELLED,
    SpaceBookingStatus.DECLINED,
    SpaceBookingStatus.EXPIRED,
    SpaceBookingStatus.NO_SHOW,
)
TENTATIVE = (SpaceBookingStatus.REQUESTED, SpaceBookingStatus.HELD)


@dataclass(frozen=True, slots=True)
class SpaceFeedAnswer:
    """A calendar as it is handed out."""

    body: bytes
    etag: str
    filename: str


def space_feed_answer(*, token: str, at: datetime | None = None) -> SpaceFeedAnswer:
    """What a feed says now, in the site's language: when the space is taken, not by whom. Two queries.

    Raises `NotFound` for an address that is none, or none any more.
    """
    at = at or timezone.now()
    feed = space_feed_by_token(token_hash(token))
    if feed is None:
        raise NotFound
    rows = SpaceBooking.objects.filter(
        space_id=feed.space_id, status__in=OCCUPYING_STATUSES, end__gt=at - timedelta(days=FEED_PAST_DAYS)
    ).order_by("start", "pk")
    with override(settings.LANGUAGE_CODE):
        body = _feed_write(rows, name=f"{feed.space.name} · {feed.space.property.name}")
    return SpaceFeedAnswer(
        body=body,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        filename=f"{feed.space.property.slug}-{feed.space.slug}.ics",
    )


def space_booking_ical(booking: SpaceBooking) -> bytes:
    """An iCalendar file with the time, in the active language; a booking that was called off cancels the entry."""
    calendar = _calendar("CANCEL" if booking.status in CALLED_OFF else "PUBLISH")
    house, space = booking.property, booking.space
    event = _event(booking, f"{space.name} · {house.name}")
    place = [space.building, space.floor, house.address, f"{house.postal_code} {house.city}".strip()]
    event.add("location", ", ".join(part for part in (space.name, *place) if part))
    lines = [gettext("Reference: %(reference)s") % {"reference": booking.reference}, booking.purpose]
    event.add("description", "\n".join(line for line in lines if line))
    if booking.status in CALLED_OFF:
        event["status"] = "CANCELLED"
    calendar.add_component(event)
    return calendar.to_ical()


def _feed_write(bookings: Iterable[SpaceBooking], *, name: str) -> bytes:
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval;value=duration", REFRESH)
    calendar.add("x-published-ttl", REFRESH)
    for booking in bookings:
        event = _event(booking, gettext("Taken"), is_shared=True)
        event.add("transp", "OPAQUE")
        event.add("class", "PUBLIC")
        calendar.add_component(event)
    return calendar.to_ical()


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(booking: SpaceBooking, summary: str, *, is_shared: bool = False) -> Event:
    """The time as an event in UTC. Its UID never changes, and its sequence is the booking's version."""
    event = Event()
    name = f"space-{booking.pk}" if is_shared else booking.reference
    event.add("uid", f"{name}@{settings.SITE_URL.partition('://')[2]}")
    event.add("dtstamp", booking.updated_at)
    event.add("last-modified", booking.updated_at)
    event.add("sequence", booking.version)
    event.add("dtstart", booking.start)
    event.add("dtend", booking.end)
    event.add("summary", summary)
    event.add("status", "TENTATIVE" if booking.status in TENTATIVE else "CONFIRMED")
    return event

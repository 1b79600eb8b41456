"""A booking as a calendar file."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from bookings.calendars import booking_ical
from bookings.services import booking_cancel
from tests.factories.bookings import confirmed
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db


def event_of(booking):
    calendar = Calendar.from_ical(booking_ical(booking, at=datetime(2026, 11, 21, tzinfo=UTC)))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_a_stay_is_an_all_day_event_that_ends_on_the_day_of_departure(settings):
    settings.SITE_URL = "https://rooms.example.com"
    house = hotel(nights=3, name="Haus; Meer, See", address="Am Ufer 1", postal_code="10115")
    booking = confirmed(house)

    calendar, event = event_of(booking)

    assert str(calendar["method"]) == "PUBLISH"
    assert (event["dtstart"].dt, event["dtend"].dt) == (booking.arrival, booking.departure)
    assert str(event["uid"]) == f"{booking.reference}@rooms.example.com"
    assert str(event["summary"]) == "Stay at Haus; Meer, See"
    assert str(event["location"]) == "Haus; Meer, See, Am Ufer 1, 10115 Berlin, DE"
    assert str(event["status"]) == "CONFIRMED"
    assert "Arrival from 15:00" in str(event["description"])


def test_a_cancelled_stay_takes_its_entry_away():
    booking = confirmed(hotel(nights=3))
    before = event_of(booking)[1]["sequence"]

    calendar, event = event_of(booking_cancel(booking_id=booking.pk, actor=None))

    assert (str(calendar["method"]), str(event["status"])) == ("CANCEL", "CANCELLED")
    assert event["sequence"] > before

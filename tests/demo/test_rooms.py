"""Rooms of the demo."""

from __future__ import annotations

import pytest

from bookings.demo.rooms import rooms_load
from bookings.models import Booking
from core.dates import local_datetime
from tests.factories.accounts import SuperuserFactory
from tests.factories.inventory import hotel
from tests.rooms.houses import day, given, rooms_of, stay

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_was_imported_as_being_in_the_house_has_had_a_room_since_they_came() -> None:
    house = hotel(rooms=2, nights=8)
    first, second = rooms_of(house)
    here, leaving, coming = stay(house, 0, 4), stay(house, 0, 2), stay(house, 4, 2)
    Booking.objects.filter(pk__in=[here.pk, leaving.pk]).update(status="checked_in")
    at = local_datetime(day(house, 2), house.property.arrival_from, house.property.time_zone)

    for _twice in range(2):
        rooms_load(chain=SuperuserFactory.create(), at=at)

        assert given(here) == [(1, first.number, day(house, 0), day(house, 4))]
        assert given(leaving) == [(1, second.number, day(house, 0), day(house, 2))]
        assert len(given(coming)) == 1

"""Fifty want one time in a space at the same moment: one has it, and the others are told so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise

import pytest

from bookings.models import SpaceBooking
from notifications.models import DomainEvent, Notification
from tests.concurrency.racing import Racers, racers
from tests.factories.spaces import booked, space_open

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.usefixtures("patient_locks"),
]

GUESTS = 50
MONDAY = date(2027, 5, 10)
NOW = datetime(2027, 5, 3, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def track() -> Iterator[Racers]:
    with racers(GUESTS) as pool:
        yield pool


def test_of_fifty_who_want_the_same_time_one_has_it(track):
    space = space_open(hourly_price=0)

    outcomes = track.race(*[partial(booked, space, MONDAY, "09:00", at=NOW)] * GUESTS)

    refused = Counter(outcome.refused for outcome in outcomes)
    assert refused.pop("") == 1
    assert refused.keys() <= {"space_taken", "busy"}, (
        "whoever waits too long for the lock is asked to try again"
    )
    won = next(outcome.result for outcome in outcomes if not outcome.refused)
    assert list(SpaceBooking.objects.values_list("reference", "status")) == [(won.reference, "confirmed")]
    assert list(DomainEvent.objects.values_list("type", "subject")) == [
        ("space.confirmed", f"space_booking:{won.reference}")
    ]
    assert Notification.objects.count() == 1


def test_times_that_overlap_only_in_part_keep_each_other_out_and_a_neighbour_gets_in(track):
    space = space_open(hourly_price=0)
    begins = ("09:00", "09:30", "08:30", "10:30", "07:00")

    outcomes = track.race(*[partial(booked, space, MONDAY, begin, at=NOW) for begin in begins] * 10)

    assert {outcome.refused for outcome in outcomes} - {"busy"} == {"", "space_taken", "space_closed"}
    kept = sorted(SpaceBooking.objects.values_list("start", "end"))
    assert all(end <= start for (_begin, end), (start, _end) in pairwise(kept))
    assert len(kept) == sum(not outcome.refused for outcome in outcomes)
    assert kept[-1][0] == datetime(2027, 5, 10, 8, 30, tzinfo=UTC), "what overlaps with no other is booked"

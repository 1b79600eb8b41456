"""Free rooms by room type and night, without prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from core.cache.keys import AVAILABILITY
from core.cache.read import get_or_compute
from core.dates import StayDates
from core.exceptions import ValidationFailed
from core.replicas.reading import read_connection
from inventory.cache import made_from_nights

from .terms import BIGINT_MAX

BATCH_MAX_REQUESTS = 50

AVAILABILITY_SQL = """
SELECT q.n, t.id, i.date, i.available
FROM unnest(%(numbers)s::int[], %(property_ids)s::bigint[], %(arrivals)s::date[], %(departures)s::date[])
       AS q(n, property_id, arrival, departure)
  JOIN inventory_property p ON p.id = q.property_id AND p.is_published
  JOIN inventory_roomtype t ON t.property_id = q.property_id AND t.is_active
  LEFT JOIN inventory_roominventory i
    ON i.room_type_id = t.id AND i.date >= q.arrival AND i.date < q.departure
ORDER BY q.n, t.position, t.id, i.date
"""


class TooManyRequests(ValidationFailed):
    """More stays than one batch may ask for."""

    code = "too_many_requests_in_batch"
    message = _("Ask for fewer stays at once.")


@dataclass(frozen=True, slots=True)
class AvailabilityRequest:
    """A stay at a property, for a number of rooms."""

    property_id: int
    stay: StayDates
    rooms: int = 1


@dataclass(frozen=True, slots=True)
class RoomTypeAvailability:
    """Free rooms of a room type: on every night of the stay together, and night by night where there is inventory."""

    room_type_id: int
    available: int
    nights: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class AvailabilityAnswer:
    """The room types of a published property, none for one that is unknown."""

    request: AvailabilityRequest
    room_types: tuple[RoomTypeAvailability, ...]

    @property
    def sellable(self) -> tuple[int, ...]:
        """Room types with enough rooms on every night; whether rules allow the stay is not looked at."""
        return tuple(entry.room_type_id for entry in self.room_types if entry.available >= self.request.rooms)


def availability_for_room_types(*, property_id: int, stay: StayDates) -> list[RoomTypeAvailability]:
    """Return the free rooms of a published property's room types. No query if cached, else one."""
    key = ("free", stay.arrival.isoformat(), stay.departure.isoformat())
    request = AvailabilityRequest(property_id, stay)
    answer = get_or_compute(
        AVAILABILITY,
        property_id,
        key,
        lambda: availability_batch(requests=[request])[0],
        made_from=made_from_nights(property_id, stay.dates()),
    )
    return list(answer.room_types)


def availability_batch(*, requests: Sequence[AvailabilityRequest]) -> list[AvailabilityAnswer]:
    """Answer up to 50 requests in their order. One query, never cached. Raises `TooManyRequests`."""
    if len(requests) > BATCH_MAX_REQUESTS:
        raise TooManyRequests(data={"max_requests": BATCH_MAX_REQUESTS})
    known = {
        number: request for number, request in enumerate(requests) if 0 < request.property_id <= BIGINT_MAX
    }
    with read_connection().cursor() as cursor:
        cursor.execute(
            AVAILABILITY_SQL,
            {
                "numbers": list(known),
                "property_ids": [request.property_id for request in known.values()],
                "arrivals": [request.stay.arrival for request in known.values()],
                "departures": [request.stay.departure for request in known.values()],
            },
        )
        rows = cursor.fetchall()
    nights: dict[int, dict[int, list[tuple[date, int]]]] = {}
    for number, room_type_id, night, available in rows:
        of_type = nights.setdefault(number, {}).setdefault(room_type_id, [])
        if night is not None:
            of_type.append((night, available))
    return [
        AvailabilityAnswer(
            request,
            tuple(
                _availability(room_type_id, entries, request.stay)
                for room_type_id, entries in nights.get(number, {}).items()
            ),
        )
        for number, request in enumerate(requests)
    ]


def _availability(room_type_id: int, nights: list[tuple[date, int]], stay: StayDates) -> RoomTypeAvailability:
    complete = len(nights) == stay.nights
    available = min(free for _night, free in nights) if complete else 0
    return RoomTypeAvailability(room_type_id, available, tuple(nights))

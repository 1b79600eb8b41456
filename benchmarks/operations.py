"""What is measured: each row of the table of promises as a request, its naive way, and its bare SQL."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.http import urlencode

from benchmarks import floors
from benchmarks.data.sizes import LARGE_CITY, ROOM_TYPES_PER_PROPERTY, SMALL_CITY, Size

NIGHTS = 3
GUESTS = 10
"""Accounts that ask; the first ones, which are there at every size."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: who asks (`guest`, `staff` or nobody), and the question as the bare SQL's parameters."""

    path: str
    who: str = ""
    number: int = 0
    body: dict[str, Any] | None = None
    parameters: dict[str, Any] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The body as JSON."""
        return json.dumps(self.body).encode() if self.body is not None else b""


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the table. ``ours`` and ``naive`` make the request number n; targets are p95 in milliseconds."""

    key: str
    title: str
    ours: Callable[[int], Ask]
    naive: Callable[[int], Ask]
    sql: tuple[str, ...] = ()
    is_cached: bool = True
    is_write: bool = False
    grows: bool = True
    target_cached_ms: float | None = None
    target_cold_ms: float | None = None
    naive_rounds: int = 10


@dataclass(frozen=True)
class Questions:
    """The operations, about houses, room types and guests that are there at every size."""

    size: Size
    today: date
    free_stay: Callable[[int], tuple[int, date, str]]
    """Room type, arrival and total of a stay of three nights that can be booked."""

    def operations(self) -> list[Operation]:
        """All of them, in the order of the table."""
        return [*self._reads(), *self._of_guests(), *self._more_reads()]

    def _house(self, number: int) -> int:
        return 1 + number % self.size.small_city_houses

    def _room_type(self, number: int) -> int:
        return 1 + number % (self.size.small_city_houses * ROOM_TYPES_PER_PROPERTY)

    def _stay(self, number: int) -> dict[str, Any]:
        arrival = self.today + timedelta(days=20 + number * 7 % 250)
        return {"arrival": arrival, "departure": arrival + timedelta(days=NIGHTS)}

    def _of_house(self, path: str, number: int, *, with_stay: bool = False) -> Ask:
        house, stay = self._house(number), self._stay(number)
        query = f"?{urlencode({**stay, 'adults': 2})}" if with_stay else ""
        return Ask(
            path.format(slug=f"bench-{house}") + query, parameters={"house": house, "houses": [house], **stay}
        )

    def _search(self, path: str, where: str, houses: range, number: int) -> Ask:
        stay = self._stay(number)
        return Ask(
            f"{path}?{urlencode({'where': where, **stay, 'adults': 2})}",
            parameters={"houses": list(houses), **stay},
        )

    def _reads(self) -> list[Operation]:
        small, every = range(1, self.size.small_city_houses + 1), range(1, self.size.properties + 1)
        rest = range(self.size.small_city_houses + 1, self.size.properties + 1)
        return [
            Operation(
                "room_types",
                "room types of a property",
                lambda n: self._of_house("/api/v1/properties/{slug}/room-types/", n),
                lambda n: self._of_house("/bench/naive/room-types/{slug}/", n),
                (floors.ROOM_TYPES,),
                target_cached_ms=1.5,
                target_cold_ms=5,
            ),
            Operation(
                "availability",
                "availability of a property, 3 nights",
                lambda n: self._of_house("/api/v1/properties/{slug}/availability/", n, with_stay=True),
                lambda n: self._of_house("/bench/naive/availability/{slug}/", n, with_stay=True),
                (floors.AVAILABILITY,),
                target_cached_ms=1.5,
                target_cold_ms=6,
            ),
            Operation(
                "search",
                f"availability of everything, {len(every)} properties",
                lambda n: self._search("/api/v1/search/", "", every, n),
                lambda n: self._search("/bench/naive/search/", LARGE_CITY, rest, n),
                (floors.AVAILABILITY,),
                grows=False,
                target_cold_ms=15,
                naive_rounds=1,
            ),
            Operation(
                "search_city",
                f"availability of a city of {len(small)} properties",
                lambda n: self._search("/api/v1/search/", SMALL_CITY, small, n),
                lambda n: self._search("/bench/naive/search/", SMALL_CITY, small, n),
                (floors.AVAILABILITY,),
                naive_rounds=3,
            ),
        ]

    def _guest(self, path: str, number: int) -> Ask:
        guest = number % GUESTS
        return Ask(path, who="guest", number=guest, parameters={"user": 1001 + guest})

    def _book(self, path: str, number: int) -> Ask:
        room_type, arrival, total = self.free_stay(number)
        stay = {"arrival": arrival, "departure": arrival + timedelta(days=NIGHTS)}
        body: dict[str, Any] = {
            "room_type": room_type,
            "rate_plan": 2 * ((room_type - 1) // ROOM_TYPES_PER_PROPERTY) + 1,
            **{name: day.isoformat() for name, day in stay.items()},
            "rooms": 1,
            "adults": 2,
            "children_ages": [],
            "expected_total": {"amount": total, "currency": "EUR"},
            "guest": {"name": "Ada Lovelace", "email": f"{uuid.uuid4().hex[:12]}@guest.example"},
        }
        parameters = {"room_type": room_type, "rate_plan": body["rate_plan"], "total": total, **stay}
        return Ask(path, body=body, parameters=parameters)

    def _of_guests(self) -> list[Operation]:
        return [
            Operation(
                "bookings",
                "a user's bookings with payments",
                lambda n: self._guest("/my/bookings/", n),
                lambda n: self._guest("/bench/naive/bookings/", n),
                (floors.BOOKINGS,),
                target_cold_ms=6,
            ),
            Operation(
                "book",
                "create a booking, everything committed",
                lambda n: self._book("/api/v1/bookings/", n),
                lambda n: self._book("/bench/naive/book/", n),
                floors.hold(),
                is_write=True,
                target_cached_ms=15,
            ),
            Operation(
                "dashboard",
                "a guest's dashboard page",
                lambda n: self._guest("/my/", n),
                lambda n: self._guest("/bench/naive/dashboard/", n),
                (floors.BOOKINGS,),
                target_cold_ms=15,
            ),
        ]

    def _prices(self, path: str, number: int) -> Ask:
        room_type, stay = self._room_type(number), self._stay(number)
        house = (room_type - 1) // ROOM_TYPES_PER_PROPERTY + 1
        place = path.format(slug=f"bench-{house}", room_type=room_type)
        return Ask(f"{place}?{urlencode({**stay, 'adults': 2})}", parameters={"room_type": room_type, **stay})

    def _report(self, path: str, number: int) -> Ask:
        house, year_ago = self._house(number), self.today - timedelta(days=365)
        last = self.today - timedelta(days=1)
        asked: dict[str, Any] = {"from": year_ago, "to": last, "property": house, "by": "month"}
        query = urlencode(asked)
        parameters = {"house": house, "year_ago": year_ago, "today": self.today}
        return Ask(f"{path}?{query}", who="staff", parameters=parameters)

    def _more_reads(self) -> list[Operation]:
        return [
            Operation(
                "prices",
                "price history of a room type",
                lambda n: self._prices("/api/v1/properties/{slug}/room-types/{room_type}/price-history/", n),
                lambda n: self._prices("/bench/naive/prices/{room_type}/", n),
                (floors.PRICES,),
                target_cold_ms=4,
            ),
            Operation(
                "reviews",
                "reviews of a property",
                lambda n: self._of_house("/api/v1/properties/{slug}/reviews/", n),
                lambda n: self._of_house("/bench/naive/reviews/{slug}/", n),
                (floors.REVIEWS,),
                is_cached=False,
                target_cold_ms=4,
            ),
            Operation(
                "report",
                "a year's occupancy and revenue report",
                lambda n: self._report("/api/v1/reports/occupancy/", n),
                lambda n: self._report("/bench/naive/report/", n),
                (floors.REPORT,),
                target_cold_ms=80,
                naive_rounds=3,
            ),
        ]

"""How much data there is."""

from __future__ import annotations

from dataclasses import dataclass

SMALL_CITY, LARGE_CITY = "Aurelia", "Belmar"
ROOM_TYPES_PER_PROPERTY = 10
ROOMS_PER_TYPE = 3
"""As many bookings share the fullest nights, so that one night in eight is sold out."""
DAYS_BACK = 365
DAYS_AHEAD = 365
BOOKINGS_PER_ROOM_TYPE = 500
BOOKINGS_PER_USER = 20


@dataclass(frozen=True, slots=True)
class Size:
    """A chain of ``properties`` houses, each with ten room types, two years of nights and 5,000 bookings."""

    name: str
    properties: int
    small_city_houses: int = 10
    """Houses in the small city, which is asked for at both sizes of a pair; the others are in the large one."""
    bookings_per_room_type: int = BOOKINGS_PER_ROOM_TYPE

    @property
    def room_types(self) -> int:
        """Room types of all houses."""
        return self.properties * ROOM_TYPES_PER_PROPERTY

    @property
    def bookings(self) -> int:
        """Bookings of all houses."""
        return self.room_types * self.bookings_per_room_type

    @property
    def users(self) -> int:
        """Accounts of guests: half of the bookings belong to one, twenty to each."""
        return max(1, self.bookings // (2 * BOOKINGS_PER_USER))

    @property
    def database(self) -> str:
        """The name of its database."""
        return f"bench_{self.name}"


SIZES = {
    size.name: size
    for size in (
        Size("tiny", properties=4, small_city_houses=2, bookings_per_room_type=100),
        Size("mini", properties=40, small_city_houses=2, bookings_per_room_type=100),
        Size("tenth", properties=20),
        Size("full", properties=200),
        Size("tenfold", properties=2_000),
    )
}
"""By name. `full` is what the promises are about; each pair that is compared differs by the factor ten."""

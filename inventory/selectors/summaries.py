"""What lists and offers show of the catalogue: light, frozen, with the models' names; safe to cache and share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from inventory.models import BoardBasis
from inventory.models.ratings import RATING_CATEGORIES


@dataclass(frozen=True, slots=True)
class PhotoSummary:
    """A picture; sizes in pixels."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class AmenitySummary:
    """Something a property or a room type offers."""

    code: str
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class PropertySummary:
    """A property as lists show it. ``score`` is the mean of its reviews from 1 to 5, None without any.

    The sums are the points that its published reviews gave in each category, in the order of `RATING_CATEGORIES`.
    """

    id: int
    name: str
    slug: str
    description: str
    stars: int | None
    address: str
    postal_code: str
    city: str
    country: str
    latitude: Decimal | None
    longitude: Decimal | None
    time_zone: str
    currency: str
    arrival_from: time
    departure_until: time
    child_max_age: int
    review_count: int | None = None
    score: Decimal | None = None
    cleanliness_sum: int | None = None
    comfort_sum: int | None = None
    location_sum: int | None = None
    staff_sum: int | None = None
    value_sum: int | None = None
    amenities: tuple[AmenitySummary, ...] = ()
    photos: tuple[PhotoSummary, ...] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def pk(self) -> int:
        """The id, by the name templates and urls use for models."""
        return self.id

    @property
    def photo(self) -> PhotoSummary | None:
        """The first picture of the gallery."""
        return self.photos[0] if self.photos else None

    @property
    def rating_means(self) -> tuple[tuple[str, Decimal], ...]:
        """Each category and the mean of its points, from 1 to 5 with two digits; nothing without reviews."""
        count = self.review_count
        if not count:
            return ()
        sums = {category: getattr(self, f"{category}_sum") for category in RATING_CATEGORIES}
        return tuple((category, round(Decimal(total) / count, 2)) for category, total in sums.items())


@dataclass(frozen=True, slots=True)
class RoomTypeSummary:
    """A room type as lists show it."""

    id: int
    property_id: int
    code: str
    name: str
    description: str
    beds: str
    size_sqm: int | None
    standard_occupancy: int
    max_adults: int
    max_children: int
    max_occupancy: int
    amenities: tuple[AmenitySummary, ...] = ()
    photos: tuple[PhotoSummary, ...] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def pk(self) -> int:
        """The id, by the name templates and urls use for models."""
        return self.id

    @property
    def photo(self) -> PhotoSummary | None:
        """The first picture of the gallery."""
        return self.photos[0] if self.photos else None


@dataclass(frozen=True, slots=True)
class RatePlanSummary:
    """A rate plan as lists show it."""

    id: int
    property_id: int
    code: str
    name: str
    description: str
    board: str
    member_discount: bool

    def __str__(self) -> str:
        return self.name

    @property
    def pk(self) -> int:
        """The id, by the name templates and urls use for models."""
        return self.id

    def get_board_display(self) -> str:
        """Name the board basis in the active language."""
        return str(BoardBasis(self.board).label)

"""What bookings of spaces hand in and out. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.exceptions import DomainError
    from inventory.hourly import Period, SpaceQuote

    from .models import SpaceBooking, SpaceSeries


@dataclass(frozen=True, slots=True)
class SpaceWish:
    """What somebody wants of a space. ``equipment`` are codes of what the space has."""

    space_id: int
    period: Period
    persons: int = 1
    purpose: str = ""
    equipment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesWish:
    """A wish that repeats: ``rule`` is an RRULE, from ``first_day`` at ``starts_at`` of the property's clock."""

    space_id: int
    rule: str
    first_day: date
    starts_at: time
    minutes: int
    persons: int = 1
    purpose: str = ""
    equipment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a series as it would be booked. ``problem`` says why it cannot; then there may be no ``period``."""

    day: date
    period: Period | None
    quote: SpaceQuote | None
    problem: DomainError | None = None

    @property
    def is_free(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, slots=True)
class SeriesPreview:
    """Every occurrence of a series, in order, and what the free ones cost together."""

    occurrences: tuple[Occurrence, ...]
    total: Decimal
    currency: str

    @property
    def bookable(self) -> list[Occurrence]:
        return [one for one in self.occurrences if one.is_free]

    @property
    def conflicts(self) -> list[Occurrence]:
        return [one for one in self.occurrences if not one.is_free]


@dataclass(frozen=True, slots=True)
class BookedSpace:
    """What was just booked, in order of time, and the secret that opens the first without a log-in."""

    bookings: tuple[SpaceBooking, ...]
    access_token: str
    series: SpaceSeries | None = None

    @property
    def booking(self) -> SpaceBooking:
        return self.bookings[0]


@dataclass(frozen=True, slots=True)
class SpaceCancellation:
    """What cancelling costs now. ``free_until`` is the end of the free time one is in, None if it is not free now.

    ``refund`` is what goes back of what was paid; what lies on the bill of a stay is taken off there.
    """

    bookings: tuple[SpaceBooking, ...]
    fee: Decimal
    taken_off: Decimal
    refund: Decimal
    currency: str
    free_until: datetime | None


@dataclass(frozen=True, slots=True)
class SpaceChange:
    """What is to be different; None leaves it as it is. ``start`` and ``minutes`` are of the booking named.

    In a series the others move by as many days and to the same time of the clock.
    """

    start: datetime | None = None
    minutes: int | None = None
    persons: int | None = None
    purpose: str | None = None
    equipment: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ChangedOccurrence:
    """A booking and where it would go; ``problem`` says why it cannot."""

    booking: SpaceBooking
    period: Period
    quote: SpaceQuote
    problem: DomainError | None = None

    @property
    def is_moved(self) -> bool:
        """Whether the booking comes to another time."""
        return (self.period.start, self.period.end) != (self.booking.start, self.booking.end)

    @property
    def new_total(self) -> Decimal:
        """What it costs afterwards: as sold where its time stays the same, or cannot be had."""
        return self.quote.total if self.is_moved and self.problem is None else self.booking.total


@dataclass(frozen=True, slots=True)
class SpaceChangePreview:
    """What a change would do, one entry per booking, and what all cost before and after."""

    occurrences: tuple[ChangedOccurrence, ...]
    before: Decimal
    after: Decimal
    currency: str

    @property
    def bookable_total(self) -> Decimal:
        """What those that can be had cost afterwards."""
        chosen = [one.new_total for one in self.occurrences if one.problem is None]
        return sum(chosen, Decimal(0))

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

    @property
    def conflicts(self) -> list[ChangedOccurrence]:
        return [one for one in self.occurrences if one.problem is not None]


def problem_json(problem: DomainError | None) -> dict[str, Any] | None:
    """A refusal as programs and previews show it."""
    return None if problem is None else {"code": problem.code, "message": str(problem), "data": problem.data}

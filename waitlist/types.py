"""What the waitlist hands in and out. Plain data, no ORM."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from core.dates import StayDates
from inventory.types import Party

if TYPE_CHECKING:
    from .models import WaitlistEntry, WaitlistOffer


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for. ``room_type_id`` None: any; ``max_total`` in ``currency``, None: any.

    The stay may begin up to ``flexible_days`` earlier or later. ``discount_percent`` is the member's.
    """

    stay: StayDates
    party: Party
    room_type_id: int | None = None
    flexible_days: int = 0
    max_total: Decimal | None = None
    currency: str = ""
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Fit:
    """A stay that can be sold now and is what somebody waits for. ``total`` in ``currency``, taxes included."""

    room_type_id: int
    room_type_name: str
    rate_plan_id: int
    rate_plan_name: str
    stay: StayDates
    total: Decimal
    currency: str

    @property
    def key(self) -> tuple[int, date, date]:
        """The stay itself, whatever its price."""
        return (self.room_type_id, self.stay.arrival, self.stay.departure)


class Obstacle(StrEnum):
    """Why nothing can be offered, the first that holds."""

    NOT_WAITING = "not_waiting"
    """Something is offered already, or the wish is over."""
    UNPUBLISHED = "unpublished"
    """The house sells nothing."""
    PARTY = "party"
    """The guests do not fit into the rooms that are wished."""
    FULL = "full"
    """Not enough rooms are free on every night."""
    TOO_DEAR = "too_dear"
    """What is free costs more than the guest would pay."""
    NOT_SOLD = "not_sold"
    """Rooms are free, but a restriction or a missing price keeps the stay from being sold."""


@dataclass(frozen=True, slots=True)
class Offerable:
    """What could be offered to an entry now; with nothing, why, and the cheapest stay above the guest's limit."""

    fits: list[Fit]
    obstacle: Obstacle | None = None
    too_dear: Fit | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """Who would be offered what."""

    entry: WaitlistEntry
    fit: Fit


@dataclass(frozen=True, slots=True)
class JoinedEntry:
    """An entry just written, and the secret that opens it without a log-in; only its hash is stored."""

    entry: WaitlistEntry
    access_token: str


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """How many parties that want some of the same nights come before, and how many wait in all."""

    before: int
    waiting: int


@dataclass(slots=True)
class OffersReport:
    """What one run did: ``offered`` and ``passed`` (offers nobody took) by reference, ``over`` entries by reference.

    ``errors`` are what was left for the next run.
    """

    offered: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """An entry as its guest sees it: with its place while it waits, and its newest offer if there is one."""

    entry: WaitlistEntry
    place: QueuePlace | None
    offer: WaitlistOffer | None

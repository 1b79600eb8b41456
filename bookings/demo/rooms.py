"""Rooms of the demo: given to everybody who comes in the next weeks, and two that are closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from bookings.services.closing import room_close
from bookings.services.scheduled import rooms_assign_nightly
from core.dates import property_today
from core.exceptions import DomainError
from inventory.demo.houses import HOUSES
from inventory.models import ClosureKind, Property, Room, RoomClosure

DAYS = 28
CLOSURES = (
    (ClosureKind.OUT_OF_ORDER, 2, 5, "New bathroom floor"),
    (ClosureKind.OUT_OF_SERVICE, 1, 9, "The television does not work"),
)
"""Kind, first night and end in days from today, reason; of each demo house's last rooms."""


def rooms_load(*, chain: User, at: datetime) -> None:
    """Close two rooms of each demo house, where that is possible, and give rooms to those who come."""
    slugs = [house.blueprint.slug for house in HOUSES]
    for house in Property.objects.filter(slug__in=slugs).order_by("pk"):
        if RoomClosure.objects.filter(room__property=house).exists():
            continue
        today = property_today(house.time_zone, at)
        last = Room.objects.filter(property=house, is_active=True).order_by("-number")[: len(CLOSURES)]
        for room, (kind, start, end, reason) in zip(last, CLOSURES, strict=False):
            try:
                room_close(
                    room_id=room.pk,
                    start=today + timedelta(days=start),
                    end=today + timedelta(days=end),
                    kind=kind,
                    reason=reason,
                    actor=chain,
                    at=at,
                )
            except DomainError:  # sold out on these nights: the demo goes on without
                continue
    rooms_assign_nightly(at=at, days=DAYS)

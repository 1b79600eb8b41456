"""Rooms of the demo: given to everybody who comes in the next weeks, and two that are closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from bookings.models import Booking, RoomAssignment
from bookings.services.assigning import room_give
from bookings.services.closing import room_close
from bookings.services.moving import booking_lock
from bookings.services.scheduled import rooms_assign_nightly
from bookings.transitions import BookingStatus
from core.dates import StayDates, property_today
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
    for booking in Booking.objects.filter(status=BookingStatus.CHECKED_IN, assignments=None).order_by(
        "arrival", "pk"
    ):
        _room_give_since_arrival(booking, chain=chain, at=at)
    rooms_assign_nightly(at=at, days=DAYS)


def _room_give_since_arrival(booking: Booking, *, chain: User, at: datetime) -> None:
    """Give rooms to somebody who was imported as being in the house: they sleep somewhere since they came.

    A room of the booking for which none was free all the time waits for one, as in a real house.
    """
    span = StayDates(booking.arrival, booking.departure)
    nights = {"start__lt": span.departure, "end__gt": span.arrival}
    taken = RoomAssignment.objects.filter(**nights).values("room_id")
    closed = RoomClosure.objects.filter(**nights).values("room_id")
    free = Room.objects.filter(room_type_id=booking.room_type_id, is_active=True)
    free = free.exclude(pk__in=taken).exclude(pk__in=closed).order_by("number")
    rooms = list(free.values_list("pk", flat=True)[: booking.rooms])
    with transaction.atomic(durable=True):
        locked = booking_lock(booking_id=booking.pk)
        for index, room_id in enumerate(rooms, start=1):
            room_give(locked, room_index=index, room_id=room_id, span=span, actor=chain, at=at)

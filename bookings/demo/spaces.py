"""Spaces of the demo's city houses, with life in them this week. Everything may be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from bookings.models import BookingChannel, SpaceBooking
from bookings.services.spaces import space_book, space_booking_check_in, space_series_book
from bookings.space_exceptions import SpaceTaken, SpaceTimeInvalid
from bookings.space_types import SeriesWish, SpaceWish
from bookings.types import GuestDetails
from core.dates import ONE_DAY, local_datetime, property_today
from inventory.cache import catalogue_changed
from inventory.hourly import Period
from inventory.models import Equipment, Property, Space, SpaceHours, SpacePrice

WORKDAYS = range(5)
PIECES = {
    "projector": "Projector",
    "screen": "Large screen",
    "whiteboard": "Whiteboard",
    "video": "Video conference",
    "piano": "Grand piano",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSpace:
    """A space and when it is open; ``weekend`` too."""

    slug: str
    name: str
    description: str
    floor: str
    capacity: int
    hourly_price: int
    equipment: tuple[str, ...]
    opens: time = time(8)
    closes: time = time(20)
    weekend: bool = False
    evening_price: int | None = None
    more: tuple[tuple[str, Any], ...] = ()


HOUSES: dict[str, tuple[DemoSpace, ...]] = {
    "haus-am-kanal-berlin": (
        DemoSpace(
            slug="spree",
            name="Spree",
            description="The long table on the first floor, with daylight from two sides.",
            floor="1",
            capacity=14,
            hourly_price=45,
            evening_price=60,
            equipment=("projector", "whiteboard", "video"),
            more=(("buffer_after_minutes", 15), ("needs_check_in", True), ("is_prepaid", False)),
        ),
        DemoSpace(
            slug="havel",
            name="Havel",
            description="Four chairs and a door that closes: for calls and for talking in private.",
            floor="1",
            capacity=4,
            hourly_price=0,
            weekend=True,
            equipment=("screen",),
            more=(("min_minutes", 30), ("max_minutes", 180), ("needs_check_in", True)),
        ),
        DemoSpace(
            slug="dachgarten",
            name="Roof garden",
            description="Above the canal, under the sky. The house looks at each request, because neighbours sleep.",
            floor="5",
            capacity=40,
            hourly_price=120,
            weekend=True,
            opens=time(10),
            closes=time(22),
            equipment=("screen",),
            more=(
                ("needs_approval", True),
                ("buffer_before_minutes", 30),
                ("buffer_after_minutes", 30),
                ("min_minutes", 120),
            ),
        ),
    ),
}


def spaces_load(*, staff: User, at: datetime) -> None:
    """Found the spaces, and fill this week: meetings, a series, and requests that wait. Once."""
    for slug, spaces in HOUSES.items():
        house = Property.objects.filter(slug=slug).first()
        if house is None or house.spaces.exists():
            continue
        made = [_space(house, demo, place) for place, demo in enumerate(spaces)]
        catalogue_changed(property_id=house.pk)
        _life(house, made, staff=staff, at=at)


def _space(house: Property, demo: DemoSpace, place: int) -> Space:
    space = Space.objects.create(
        property=house,
        slug=demo.slug,
        name=demo.name,
        description=demo.description,
        building="Warehouse",
        floor=demo.floor,
        capacity=demo.capacity,
        hourly_price=Decimal(demo.hourly_price),
        position=place,
        tax=house.taxes.filter(kind="percent", is_included=True).first(),
        **dict(demo.more),
    )
    for code in demo.equipment:
        piece, _created = Equipment.objects.get_or_create(
            property=house, code=code, defaults={"name": PIECES[code]}
        )
        space.equipment.add(piece)
    for weekday in range(7) if demo.weekend else WORKDAYS:
        SpaceHours.objects.create(space=space, weekday=weekday, opens=demo.opens, closes=demo.closes)
    if demo.evening_price is not None:
        SpacePrice.objects.create(
            space=space, starts=time(17), ends=time(0), hourly_price=Decimal(demo.evening_price)
        )
    return space


def _life(house: Property, spaces: list[Space], *, staff: User, at: datetime) -> None:
    spree, havel, garden = spaces
    today = property_today(house.time_zone, at)
    guest = GuestDetails(name="Jonas Weber", email="jonas.weber@example.com", language="de")
    others = (
        GuestDetails(name="Atelier Nord", email="office@atelier-nord.example", language="de"),
        GuestDetails(name="Mina Park", email="mina.park@example.com", language="en"),
        GuestDetails(name="Choir of St. Thomas", email="choir@example.com", language="de"),
    )
    for ahead in range(7):
        day = today + ahead * ONE_DAY
        _book(spree, day, "09:00", 120, guest=others[ahead % 3], purpose="Team meeting", staff=staff, at=at)
        if ahead % 2 == 0:
            _book(spree, day, "14:00", 180, guest=guest, purpose="Workshop", staff=staff, at=at)
        _book(havel, day, "10:30", 60, guest=others[(ahead + 1) % 3], purpose="Interview", staff=staff, at=at)
    for ahead, who in ((2, others[2]), (4, others[1])):
        _book(
            garden,
            today + ahead * ONE_DAY,
            "17:00",
            180,
            guest=who,
            purpose="Summer party",
            staff=None,
            at=at,
        )
    monday = today + (7 - today.weekday()) * ONE_DAY
    wish = SeriesWish(
        havel.pk, "FREQ=WEEKLY;COUNT=8;BYDAY=MO", monday, time(16), 60, persons=3, purpose="Weekly review"
    )
    space_series_book(
        wish=wish,
        guest=others[0],
        user=None,
        actor=staff,
        channel=BookingChannel.STAFF,
        expected_total=None,
        skip_conflicts=True,
        at=at,
    )
    going_on = SpaceBooking.objects.filter(property=house, status="confirmed", start__lte=at, end__gt=at)
    for booking in going_on:
        space_booking_check_in(booking_id=booking.pk, actor=staff, is_staff=True, at=at)


def _book(
    space: Space,
    day: Any,
    begins: str,
    minutes: int,
    *,
    guest: GuestDetails,
    purpose: str,
    staff: User | None,
    at: datetime,
) -> None:
    """Book as staff, or ask as a guest; a time that is over or taken is left out."""
    start = local_datetime(day, time.fromisoformat(begins), space.property.time_zone)
    wish = SpaceWish(
        space.pk, Period(start, start + timedelta(minutes=minutes)), min(space.capacity, 4), purpose
    )
    try:
        space_book(
            wish=wish,
            guest=guest,
            user=None,
            actor=staff,
            channel=BookingChannel.STAFF if staff else BookingChannel.WEB,
            expected_total=None,
            at=at,
        )
    except (SpaceTaken, SpaceTimeInvalid):
        return

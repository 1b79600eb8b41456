"""Extras and invoices of the demo's stays, and a group with a shared folio."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import User
from bookings.group_types import GroupDetails, GroupRoom
from bookings.models import Booking, Group
from bookings.services.extras import extra_add
from bookings.services.groups import group_blocks_set, group_create, group_rooms_pick_up
from bookings.transitions import BookingStatus
from core.dates import date_range, property_today
from inventory.demo.extras import extras_load
from inventory.exceptions import NightsMissing, SoldOut
from inventory.models import Property
from payments.selectors import invoices_of_folio
from payments.services import invoice_issue
from payments.subjects import folio_subject

INVOICED = 6
CITY_HOUSE = "haus-am-kanal-berlin"
GROUP_NAME = "Chamber choir"
SINGERS = (("Marta Kühn", "Lena Hofer"), ("Jonas Weber",), ("Emil Novák", "Piotr Zając"))


def money_load(*, slugs: list[str], chain: User, at: datetime) -> None:
    """Extras in every house, some invoices, and one group; what is there already stays."""
    houses = list(Property.objects.filter(slug__in=slugs).order_by("pk"))
    for house in houses:
        extras_load(prop=house)
    extras_and_invoices_load(houses=houses, chain=chain)
    for house in houses:
        if house.slug == CITY_HOUSE:
            group_load(house=house, chain=chain, at=at)


def extras_and_invoices_load(*, houses: list[Property], chain: User) -> None:
    """Breakfast for those who are coming, and invoices for some who have been there."""
    for house in houses:
        coming = Booking.objects.filter(property=house, status=BookingStatus.CONFIRMED).order_by("pk").first()
        breakfast = house.extras.order_by("position").first()
        if coming is not None and breakfast is not None:
            extra_add(
                booking_id=coming.pk, extra_id=breakfast.pk, quantity=coming.adults, actor=chain, key="demo"
            )
    lived = Booking.objects.filter(property__in=houses, status=BookingStatus.CHECKED_OUT).order_by("pk")
    for booking in lived[:INVOICED]:
        subject = folio_subject(booking.folio_id)
        if (
            subject is not None
            and subject.recipient.name
            and not invoices_of_folio(folio_id=booking.folio_id)
        ):
            invoice_issue(
                folio_id=booking.folio_id,
                recipient=subject.recipient,
                actor=chain,
                key="demo",
                at=booking.checked_out_at,
            )


def group_load(*, house: Property, chain: User, at: datetime) -> Group | None:
    """A choir in a house in town: rooms kept for three nights, some picked up, all on one folio. Made once."""
    known = Group.objects.filter(property=house, name=GROUP_NAME).first()
    if known is not None:
        return known
    arrival = property_today(house.time_zone, at) + timedelta(days=47)
    plan = house.rate_plans.order_by("position", "pk").first()
    room_type = house.room_types.filter(max_adults__gte=2).order_by("position", "pk").first()
    if plan is None or room_type is None:
        return None
    details = GroupDetails(
        name=GROUP_NAME,
        arrival=arrival,
        departure=arrival + timedelta(days=3),
        release_date=arrival - timedelta(days=14),
        rate_plan_id=plan.pk,
        is_definite=True,
        company="Kulturverein Leipzig e. V.",
        company_address="Gottschedstraße 12\n04109 Leipzig\nDeutschland",
        contact_name="Ruth Adler",
        contact_email="ruth.adler@guest.example",
        shared_folio=True,
        notes="Rehearsal in the breakfast room on the second day.",
    )
    group = group_create(property_id=house.pk, details=details, actor=chain, at=at)
    nights = list(date_range(details.arrival, details.departure))
    try:
        group_blocks_set(
            group_id=group.pk,
            room_type_id=room_type.pk,
            nights=nights,
            rooms=6,
            actor=chain,
            price=Decimal(89),
        )
    except (SoldOut, NightsMissing):
        return group
    rooms = [
        GroupRoom(
            room_type_id=room_type.pk,
            arrival=details.arrival,
            departure=details.departure,
            guests=guests,
            language="de",
            key=f"demo-{number}",
        )
        for number, guests in enumerate(SINGERS)
    ]
    group_rooms_pick_up(group_id=group.pk, rooms=rooms, actor=chain, at=at)
    return group

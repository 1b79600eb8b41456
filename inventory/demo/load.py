"""Building the houses of the demo. Everything may be repeated, and goes on where it was interrupted."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from core.dates import property_today
from core.pictures import picture_rename
from inventory.blueprints import nights_build, property_build, property_open
from inventory.cache import catalogue_changed, special_days_changed
from inventory.models import (
    BookingRule,
    InventoryBlock,
    Property,
    PropertyPhoto,
    Restriction,
    RoomTypePhoto,
    SpecialDay,
)
from inventory.services import block_create

from .pictures import property_picture, room_picture
from .types import DemoHouse, price_seasons, special_nights

DAYS_BACK = 45
"""Nights before today, so that stays of the last weeks can be made."""
PROPERTY_PICTURES = 4
ROOM_PICTURES = 1
PICTURE_SIZE = (1200, 800)
PICTURE_WORDS = {
    "city": (
        "The house and its street",
        "The house in the evening",
        "The neighbourhood",
        "The house from the square",
    ),
    "old_town": (
        "The house in the old town",
        "The lane outside",
        "Roofs of the old town",
        "The house in the evening",
    ),
    "coast": (
        "The house above the sea",
        "The coast nearby",
        "The house from the water",
        "Evening on the coast",
    ),
    "alpine": (
        "The house below the peaks",
        "The valley",
        "The house from the meadow",
        "Evening in the mountains",
    ),
}


def house_load(*, house: DemoHouse) -> Property:
    """Found the house, give it nights, rules and pictures, and open it last. All that is there already stays."""
    prop = property_build(blueprint=house.blueprint)
    if prop.is_published:
        return prop
    today = property_today(prop.time_zone)
    first, end = today - timedelta(days=DAYS_BACK), today + timedelta(days=settings.INVENTORY_DAYS_AHEAD)
    nights_build(property_id=prop.pk, first=first, end=end)
    _rules_write(prop, house, today)
    pictures_draw(prop=prop, scene=house.scene, style=house.style, beds=house.beds)
    property_open(property_id=prop.pk, seasons=list(price_seasons(house, first=first)), first=first)
    return prop


def pictures_draw(*, prop: Property, scene: str, style: str, beds: dict[str, str]) -> None:
    """Draw the pictures of a house and of its room types where there are none yet."""
    width, height = PICTURE_SIZE
    if not prop.photos.exists():
        with transaction.atomic():
            for position in range(PROPERTY_PICTURES):
                picture = property_picture(
                    seed=f"{prop.slug} {position}", city=prop.city, kind=scene, width=width, height=height
                )
                PropertyPhoto.objects.create(
                    property=prop,
                    image=picture_rename(ContentFile(picture, name=f"{prop.slug}-{position + 1}.webp")),
                    alt=f"{PICTURE_WORDS[scene][position]}: {prop.name}, {prop.city} (drawing)",
                    position=position,
                )
    for room_type in prop.room_types.filter(photos__isnull=True):
        with transaction.atomic():
            for position in range(ROOM_PICTURES):
                picture = room_picture(
                    seed=f"{prop.slug} {room_type.code} {position}",
                    beds=beds.get(room_type.code, "double"),
                    style=style,
                    width=width,
                    height=height,
                )
                RoomTypePhoto.objects.create(
                    room_type=room_type,
                    image=picture_rename(
                        ContentFile(picture, name=f"{prop.slug}-{room_type.code.lower()}-{position + 1}.webp")
                    ),
                    alt=f"{room_type.name}, {room_type.beds} (drawing)",
                    position=position,
                )
    catalogue_changed(property_id=prop.pk)


def _rules_write(prop: Property, house: DemoHouse, today: date) -> None:
    """Special days, restrictions and booking rules, all at once; then blocks, which take rooms out of sale."""
    room_types = {room_type.code: room_type for room_type in prop.room_types.all()}
    plans = {plan.code: plan for plan in prop.rate_plans.all()}
    with transaction.atomic():
        Property.objects.select_for_update().get(pk=prop.pk)
        SpecialDay.objects.bulk_create(
            (
                SpecialDay(
                    property=prop,
                    date=night,
                    name=day.name,
                    kind=day.kind,
                    value=day.value,
                    min_stay=day.min_stay,
                )
                for day in house.special_days
                for night in special_nights(day, first=today)
            ),
            ignore_conflicts=True,
        )
        if not prop.restrictions.exists():
            Restriction.objects.bulk_create(
                Restriction(
                    property=prop,
                    room_type=room_types[one.room_type] if one.room_type else None,
                    rate_plan=plans[one.rate_plan] if one.rate_plan else None,
                    first_date=today + timedelta(days=one.first_in),
                    last_date=today + timedelta(days=one.last_in),
                    weekdays=one.weekdays,
                    min_stay=one.min_stay,
                    max_stay=one.max_stay,
                    closed_to_arrival=one.closed_to_arrival,
                    closed_to_departure=one.closed_to_departure,
                    closed=one.closed,
                    note=one.note,
                )
                for one in house.restrictions
            )
        BookingRule.objects.bulk_create(
            (
                BookingRule(
                    property=prop,
                    rate_plan=plans[rule.rate_plan] if rule.rate_plan else None,
                    earliest_days_before=rule.earliest_days_before,
                    latest_hours_before=rule.latest_hours_before,
                    max_nights=rule.max_nights,
                    max_rooms=rule.max_rooms,
                )
                for rule in house.rules
            ),
            ignore_conflicts=True,
        )
    special_days_changed(property_id=prop.pk)
    for block in house.blocks:
        room_type, start = room_types[block.room_type], today + timedelta(days=block.first_in)
        if not InventoryBlock.objects.filter(room_type=room_type, reason=block.reason).exists():
            block_create(
                room_type_id=room_type.pk,
                start=start,
                end=start + timedelta(days=block.nights),
                rooms=block.rooms,
                reason=block.reason,
            )

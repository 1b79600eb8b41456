"""Adding nights to the inventory, and their prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.dates import StayDates, property_today
from core.exceptions import NotFound, ValidationFailed, translate_integrity_errors
from inventory.cache import availability_changed
from inventory.models import Property

from .inventory_announcing import inventory_announce
from .rates import seasons_fill
from .setup_lock import setup_lock

DAYS_AHEAD_MAX = 3_650

NIGHTS_SQL = """
INSERT INTO inventory_roominventory (room_type_id, date, total, held, sold, blocked)
SELECT t.id, n.date::date, greatest(t.rooms, coalesce(sum(b.rooms), 0)), 0, 0, coalesce(sum(b.rooms), 0)
FROM (
    SELECT one.id, count(room.id) AS rooms
    FROM inventory_roomtype one
      LEFT JOIN inventory_room room ON room.room_type_id = one.id AND room.is_active
    WHERE one.property_id = %(property_id)s AND one.is_active
    GROUP BY one.id) t
  CROSS JOIN generate_series(%(first)s::date, %(end)s::date - 1, interval '1 day') n(date)
  LEFT JOIN inventory_inventoryblock b
    ON b.room_type_id = t.id AND b.start <= n.date::date AND b."end" > n.date::date
WHERE NOT EXISTS (
    SELECT 1 FROM inventory_roominventory known
    WHERE known.room_type_id = t.id AND known.date = n.date::date)
GROUP BY t.id, t.rooms, n.date
ORDER BY t.id, n.date
ON CONFLICT (room_type_id, date) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class ExtendReport:
    """What was added."""

    properties: int
    nights: int
    rates: int


def inventory_extend(
    *,
    property_id: int | None = None,
    days_ahead: int | None = None,
    at: datetime | None = None,
    dry_run: bool = False,
    on_property: Callable[[Property], object] | None = None,
) -> ExtendReport:
    """Add the nights and rates that are missing from today at each house to ``days_ahead`` days on.

    A new night has all active rooms of its type, less those that are blocked; prices come from the seasons. Nights and
    prices that exist are left alone, so it may run as often as one likes, also twice at once. One transaction per
    house; ``dry_run`` rolls it back. ``on_property`` is called after each. ``days_ahead`` is the setting
    INVENTORY_DAYS_AHEAD by default. Raises `NotFound` for an unknown property.
    """
    days = settings.INVENTORY_DAYS_AHEAD if days_ahead is None else days_ahead
    if not 1 <= days <= DAYS_AHEAD_MAX:
        raise ValidationFailed(
            _("Between 1 and %(most)d days ahead.") % {"most": DAYS_AHEAD_MAX}, field="days_ahead"
        )
    houses = Property.objects.order_by("pk")
    if property_id is not None:
        houses = houses.filter(pk=property_id)
        if not houses.exists():
            raise NotFound
    count = nights = rates = 0
    for house in list(houses):
        today = property_today(house.time_zone, at)
        added = _house_extend(house, first=today, end=today + timedelta(days=days), dry_run=dry_run)
        count, nights, rates = count + 1, nights + added[0], rates + added[1]
        if on_property is not None:
            on_property(house)
    return ExtendReport(properties=count, nights=nights, rates=rates)


def _house_extend(house: Property, *, first: date, end: date, dry_run: bool) -> tuple[int, int]:
    """Add nights and rates of one house. Five queries."""
    with translate_integrity_errors(), transaction.atomic():
        setup_lock(property_id=house.pk)
        with connection.cursor() as cursor:
            cursor.execute(NIGHTS_SQL, {"property_id": house.pk, "first": first, "end": end})
            nights = cursor.rowcount
        rates = seasons_fill(property_id=house.pk, first=first)
        availability_changed(property_id=house.pk)
        if nights:
            inventory_announce(property_id=house.pk, room_type_id=None, stay=StayDates(first, end))
        if dry_run:
            transaction.set_rollback(True)
    return nights, rates

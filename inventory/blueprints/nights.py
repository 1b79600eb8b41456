"""Nights, prices and the opening of a house, each by few statements whatever its size."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from inventory.cache import availability_changed, catalogue_changed
from inventory.models import Property, RatePattern
from inventory.services.rates import seasons_fill

from .types import PriceSeason

NIGHTS_SQL = """
    INSERT INTO inventory_roominventory (room_type_id, date, total, held, sold, blocked)
    SELECT room_type.id, night.date::date, room_type.rooms, 0, 0,
           (SELECT least(coalesce(sum(block.rooms), 0), room_type.rooms)
              FROM inventory_inventoryblock AS block
             WHERE block.room_type_id = room_type.id AND block.start <= night.date AND night.date < block."end")
      FROM (SELECT one.id, count(room.id) AS rooms
              FROM inventory_roomtype AS one
              LEFT JOIN inventory_room AS room ON room.room_type_id = one.id AND room.is_active
             WHERE one.property_id = %(property)s
             GROUP BY one.id) AS room_type
     CROSS JOIN generate_series(%(first)s::date, %(end)s::date - 1, interval '1 day') AS night(date)
     ORDER BY room_type.id, night.date
    ON CONFLICT (room_type_id, date) DO NOTHING
"""


def nights_build(*, property_id: int, first: date, end: date) -> int:
    """Add the nights ``[first, end)`` that are missing, each with all active rooms free but those that
    are blocked. Returns how many. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(NIGHTS_SQL, {"property": property_id, "first": first, "end": end})
        added = cursor.rowcount
    availability_changed(property_id=property_id)
    return added


@transaction.atomic
def property_open(*, property_id: int, seasons: Sequence[PriceSeason], first: date) -> bool:
    """Price the nights from ``first`` on by the seasons and publish the house, once.

    A house that has prices by season already is left as it is, published or not. Returns whether it was opened now.
    """
    house = Property.objects.select_for_update().get(pk=property_id)
    if RatePattern.objects.filter(rate_plan__property=house).exists():
        return False
    room_types = {room_type.code: room_type.pk for room_type in house.room_types.all()}
    plans = {plan.code: plan.pk for plan in house.rate_plans.all()}
    RatePattern.objects.bulk_create(
        [
            RatePattern(
                room_type_id=room_types[season.room_type],
                rate_plan_id=plans[season.rate_plan],
                name=season.name,
                first_night=season.first_night,
                last_night=season.last_night,
                priority=season.priority,
                monday=season.prices[0],
                tuesday=season.prices[1],
                wednesday=season.prices[2],
                thursday=season.prices[3],
                friday=season.prices[4],
                saturday=season.prices[5],
                sunday=season.prices[6],
            )
            for season in seasons
        ],
        batch_size=500,
    )
    seasons_fill(property_id=property_id, first=first)
    house.is_published = True
    house.save(update_fields=["is_published", "updated_at"])
    catalogue_changed(property_id=property_id)
    return True

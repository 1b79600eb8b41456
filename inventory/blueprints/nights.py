"""Nights, prices and the opening of a house, each by few statements whatever its size."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from core.cache.generations import bump
from core.cache.keys import AVAILABILITY, CATALOGUE
from inventory.models import Property, RatePattern

from .types import PriceSeason

NIGHTS_SQL = """
    INSERT INTO inventory_roominventory (room_type_id, date, total, held, sold, blocked)
    SELECT room_type.id, night.date::date, room_type.rooms, 0, 0, 0
      FROM (SELECT one.id, count(room.id) AS rooms
              FROM inventory_roomtype AS one
              LEFT JOIN inventory_room AS room ON room.room_type_id = one.id AND room.is_active
             WHERE one.property_id = %(property)s
             GROUP BY one.id) AS room_type
     CROSS JOIN generate_series(%(first)s::date, %(end)s::date - 1, interval '1 day') AS night(date)
     ORDER BY room_type.id, night.date
    ON CONFLICT (room_type_id, date) DO NOTHING
"""

RATES_SQL = """
    INSERT INTO inventory_rate (rate_plan_id, room_type_id, date, price, is_override)
    SELECT DISTINCT ON (pattern.rate_plan_id, pattern.room_type_id, night.date)
           pattern.rate_plan_id, pattern.room_type_id, night.date::date,
           (ARRAY[pattern.monday, pattern.tuesday, pattern.wednesday, pattern.thursday, pattern.friday,
                  pattern.saturday, pattern.sunday])[extract(isodow FROM night.date)::int],
           false
      FROM inventory_ratepattern AS pattern
      JOIN inventory_rateplan AS plan ON plan.id = pattern.rate_plan_id
     CROSS JOIN generate_series(%(first)s::date, %(end)s::date - 1, interval '1 day') AS night(date)
     WHERE plan.property_id = %(property)s
       AND night.date >= pattern.first_night
       AND (pattern.last_night IS NULL OR night.date <= pattern.last_night)
     ORDER BY pattern.rate_plan_id, pattern.room_type_id, night.date, pattern.priority DESC, pattern.id DESC
    ON CONFLICT (room_type_id, rate_plan_id, date) DO NOTHING
"""


def nights_build(*, property_id: int, first: date, end: date) -> int:
    """Add the nights ``[first, end)`` that are missing, each with all active rooms free. Returns how many. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NIGHTS_SQL, {"property": property_id, "first": first, "end": end})
        added = cursor.rowcount
    bump(AVAILABILITY, property_id)
    return added


@transaction.atomic
def property_open(*, property_id: int, seasons: Sequence[PriceSeason], first: date, end: date) -> bool:
    """Price the nights ``[first, end)`` by the seasons and publish the house, once.

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
    with connection.cursor() as cursor:
        cursor.execute(RATES_SQL, {"property": property_id, "first": first, "end": end})
    house.is_published = True
    house.save(update_fields=["is_published", "updated_at"])
    bump(CATALOGUE, property_id)
    bump(AVAILABILITY, property_id)
    return True

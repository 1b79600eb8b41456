"""Nightly rates: written out from seasons, or set by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dates import property_today
from core.exceptions import Conflict, NotFound, ValidationFailed, translate_integrity_errors
from inventory.cache import availability_changed
from inventory.models import Rate, RatePattern, RatePlan, RoomType

from .rates_announcing import rates_announce
from .setup_lock import setup_lock

logger = structlog.get_logger(__name__)

SEASON_PRICES_SQL = """
INSERT INTO inventory_rate (rate_plan_id, room_type_id, date, price, is_override)
SELECT DISTINCT ON (s.rate_plan_id, s.room_type_id, n.date) s.rate_plan_id, s.room_type_id, n.date,
       (ARRAY[s.monday, s.tuesday, s.wednesday, s.thursday, s.friday, s.saturday, s.sunday])
         [extract(isodow FROM n.date)::int],
       false
FROM inventory_ratepattern s
  JOIN inventory_rateplan p ON p.id = s.rate_plan_id
  JOIN inventory_roominventory n
    ON n.room_type_id = s.room_type_id AND n.date >= s.first_night
   AND (s.last_night IS NULL OR n.date <= s.last_night)
WHERE p.property_id = %(property_id)s AND n.date >= %(first)s
  AND (%(rate_plan_id)s::bigint IS NULL OR s.rate_plan_id = %(rate_plan_id)s)
  AND (%(room_type_id)s::bigint IS NULL OR s.room_type_id = %(room_type_id)s)
ORDER BY s.rate_plan_id, s.room_type_id, n.date, s.priority DESC, s.id DESC
ON CONFLICT (room_type_id, rate_plan_id, date)
"""
KEEP_PRICES = "DO NOTHING"
CHANGE_PRICES = """DO UPDATE SET price = EXCLUDED.price
WHERE NOT inventory_rate.is_override AND inventory_rate.price <> EXCLUDED.price"""
UNSEASONED_SQL = """
DELETE FROM inventory_rate r
WHERE r.rate_plan_id = %(rate_plan_id)s AND r.room_type_id = %(room_type_id)s AND r.date >= %(first)s
  AND NOT r.is_override
  AND NOT EXISTS (
    SELECT 1 FROM inventory_ratepattern s
    WHERE s.rate_plan_id = r.rate_plan_id AND s.room_type_id = r.room_type_id
      AND r.date >= s.first_night AND (s.last_night IS NULL OR r.date <= s.last_night))
"""


class DerivedPlanHasNoRates(ValidationFailed):
    """A derived plan follows its parent; it has no prices of its own."""

    code = "derived_plan_has_no_rates"
    message = _("A derived plan has no prices of its own. Change the plan it is derived from.")


class NoSeason(Conflict):
    """No season prices that night."""

    code = "no_season"
    message = _("There is no season for this night. Add one, or set a price by hand.")


def seasons_fill(*, property_id: int, first: date) -> int:
    """Price nights of the inventory from ``first`` on that have no price yet. Returns how many. Two queries."""
    added = _season_prices(KEEP_PRICES, property_id=property_id, first=first)
    availability_changed(property_id=property_id)
    rates_announce(property_id=property_id)
    return added


def rates_apply_pattern(*, pattern: RatePattern) -> int:
    """Price the nights of a season's room type and plan afresh, from today at the house on.

    Every season of the pair counts: the highest priority, then the newer row. Prices set by hand stay; prices of nights
    that have no season any more go. Returns how many nights changed. Six queries. Raises `DerivedPlanHasNoRates`.
    """
    return _reprice(rate_plan_id=pattern.rate_plan_id, room_type_id=pattern.room_type_id)


def pattern_delete(*, pattern_id: int) -> int:
    """Delete a season and price its nights by those that remain. Returns how many nights changed. Raises `NotFound`."""
    with translate_integrity_errors(), transaction.atomic():
        pattern = RatePattern.objects.filter(pk=pattern_id).first()
        if pattern is None:
            raise NotFound
        pattern.delete()
        return _reprice(rate_plan_id=pattern.rate_plan_id, room_type_id=pattern.room_type_id)


def rate_set(
    *, rate_plan_id: int, room_type_id: int, date: date, price: Decimal, actor: User | None = None
) -> Rate:
    """Set the price of a night by hand; seasons leave it alone from then on.

    Four queries. Raises `DerivedPlanHasNoRates`, and `ValidationFailed` for a negative price or a foreign room type.
    """
    if price < 0:
        raise ValidationFailed(_("A price is not negative."), field="price")
    with translate_integrity_errors(), transaction.atomic():
        plan = _plan_with_rates(rate_plan_id)
        if not RoomType.objects.filter(pk=room_type_id, property_id=plan.property_id).exists():
            raise ValidationFailed(_("This room type belongs to another property."), field="room_type")
        rows = Rate.objects.bulk_create(
            [
                Rate(
                    rate_plan_id=rate_plan_id,
                    room_type_id=room_type_id,
                    date=date,
                    price=price,
                    is_override=True,
                )
            ],
            update_conflicts=True,
            unique_fields=["room_type", "rate_plan", "date"],
            update_fields=["price", "is_override"],
        )
        availability_changed(property_id=plan.property_id)
        rates_announce(property_id=plan.property_id, room_type_id=room_type_id, rate_plan_id=rate_plan_id)
        logger.info("rate_set", rate_id=rows[0].pk, date=date, actor_id=None if actor is None else actor.pk)
    return rows[0]


def rate_reset(*, rate_id: int) -> Rate:
    """Give a night the price of its season again. Raises `NoSeason` and `NotFound`."""
    with translate_integrity_errors(), transaction.atomic():
        rate = (
            Rate.objects.select_for_update(of=("self",))
            .select_related("rate_plan")
            .filter(pk=rate_id)
            .first()
        )
        if rate is None:
            raise NotFound
        season = _season_of(rate)
        if season is None:
            raise NoSeason(data={"date": rate.date.isoformat()})
        rate.price = season.weekday_prices()[rate.date.weekday()]
        rate.is_override = False
        rate.save(update_fields=["price", "is_override"])
        availability_changed(property_id=rate.rate_plan.property_id)
        rates_announce(
            property_id=rate.rate_plan.property_id,
            room_type_id=rate.room_type_id,
            rate_plan_id=rate.rate_plan_id,
        )
    return rate


def _season_of(rate: Rate) -> RatePattern | None:
    seasons = RatePattern.objects.filter(
        rate_plan_id=rate.rate_plan_id, room_type_id=rate.room_type_id, first_night__lte=rate.date
    )
    covering = [season for season in seasons if season.last_night is None or season.last_night >= rate.date]
    return max(covering, key=lambda season: (season.priority, season.pk), default=None)


def _reprice(*, rate_plan_id: int, room_type_id: int) -> int:
    with translate_integrity_errors(), transaction.atomic():
        plan = _plan_with_rates(rate_plan_id)
        setup_lock(property_id=plan.property_id)
        scope: dict[str, Any] = {
            "rate_plan_id": rate_plan_id,
            "room_type_id": room_type_id,
            "first": property_today(plan.property.time_zone, timezone.now()),
        }
        changed = _season_prices(CHANGE_PRICES, property_id=plan.property_id, **scope)
        with connection.cursor() as cursor:
            cursor.execute(UNSEASONED_SQL, scope)
            changed += cursor.rowcount
        availability_changed(property_id=plan.property_id)
        rates_announce(property_id=plan.property_id, room_type_id=room_type_id, rate_plan_id=rate_plan_id)
    return changed


def _season_prices(
    on_conflict: str,
    *,
    property_id: int,
    first: date,
    rate_plan_id: int | None = None,
    room_type_id: int | None = None,
) -> int:
    parameters: dict[str, Any] = {
        "property_id": property_id,
        "first": first,
        "rate_plan_id": rate_plan_id,
        "room_type_id": room_type_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(SEASON_PRICES_SQL + on_conflict, parameters)
        return cursor.rowcount


def _plan_with_rates(rate_plan_id: int) -> RatePlan:
    plan = RatePlan.objects.select_related("property").filter(pk=rate_plan_id).first()
    if plan is None:
        raise NotFound
    if plan.derived_from_id is not None:
        raise DerivedPlanHasNoRates(field="rate_plan")
    return plan

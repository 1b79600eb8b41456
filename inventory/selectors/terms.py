"""Everything about some houses that prices and restrictions depend on, in one query.

The statement gathers each house's rows as JSON arrays, because one round trip that answers for 1 or 200 houses is what
quotes and search need; amounts travel as text, so no digit is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from inventory.pricing.data import (
    House,
    OccupancyDifference,
    PlanTerms,
    PropertyTerms,
    RestrictionTerms,
    RoomTypeTerms,
    RuleTerms,
    SpecialDayTerms,
    TaxTerms,
    TierTerms,
)

HOUSES_SQL = """
SELECT p.id, p.name, p.time_zone, p.currency, p.child_max_age, p.arrival_from, p.is_published,
  (SELECT json_agg(json_build_array(t.id, t.name, t.standard_occupancy, t.max_adults, t.max_children,
                                    t.max_occupancy) ORDER BY t.position, t.id)
   FROM inventory_roomtype t
   WHERE t.property_id = p.id AND (t.is_active OR %(rate_plan_id)s::bigint IS NOT NULL)
     AND (%(room_type_id)s::bigint IS NULL OR t.id = %(room_type_id)s::bigint)),
  (SELECT json_agg(json_build_array(o.room_type_id, o.guests, o.count, o.kind, o.value::text) ORDER BY o.id)
   FROM inventory_occupancyprice o JOIN inventory_roomtype t ON t.id = o.room_type_id
   WHERE t.property_id = p.id),
  (SELECT json_agg(json_build_array(r.id, r.name, r.board, r.derived_from_id, r.derived_kind,
                                    r.derived_value::text, r.member_discount, d.kind, d.value::text,
                                    c.name, c.no_show_percent::text, c.id, c.guest_changes,
                                    c.change_hours_before, c.change_fee::text, c.early_departure_percent::text,
                                    (SELECT json_agg(m.roomtype_id) FROM inventory_rateplan_room_types m
                                     WHERE m.rateplan_id = r.id)) ORDER BY r.position, r.id)
   FROM inventory_rateplan r
     JOIN inventory_depositpolicy d ON d.id = r.deposit_policy_id
     JOIN inventory_cancellationpolicy c ON c.id = r.cancellation_policy_id
   WHERE r.property_id = p.id AND (r.is_active OR r.id = %(rate_plan_id)s::bigint)),
  (SELECT json_agg(json_build_array(n.policy_id, n.hours_before, n.penalty_kind, n.penalty_value::text)
                   ORDER BY n.hours_before DESC)
   FROM inventory_cancellationtier n JOIN inventory_cancellationpolicy c ON c.id = n.policy_id
   WHERE c.property_id = p.id),
  (SELECT json_agg(json_build_array(s.date, s.name, s.kind, s.value::text, s.min_stay) ORDER BY s.date)
   FROM inventory_specialday s
   WHERE s.property_id = p.id AND s.date >= %(first)s AND s.date <= %(last)s),
  (SELECT json_agg(json_build_array(x.room_type_id, x.rate_plan_id, x.first_date, x.last_date, x.weekdays,
                                    x.min_stay, x.max_stay, x.closed_to_arrival, x.closed_to_departure,
                                    x.closed) ORDER BY x.id)
   FROM inventory_restriction x
   WHERE x.property_id = p.id AND x.last_date >= %(first)s AND x.first_date <= %(last)s),
  (SELECT json_agg(json_build_array(b.room_type_id, b.rate_plan_id, b.earliest_days_before,
                                    b.latest_hours_before, b.max_nights, b.max_rooms) ORDER BY b.id)
   FROM inventory_bookingrule b
   WHERE b.property_id = p.id),
  (SELECT json_agg(json_build_array(v.id, v.name, v.kind, v.value::text, v.is_included, v.max_nights,
                                    v.min_age, v.valid_from, v.valid_until) ORDER BY v.position, v.id)
   FROM inventory_tax v
   WHERE v.property_id = p.id)
FROM inventory_property p
WHERE p.id = """
BY_IDS = "ANY(%(property_ids)s)"
BY_ROOM_TYPE = "(SELECT t.property_id FROM inventory_roomtype t WHERE t.id = %(room_type_id)s::bigint)"
BIGINT_MAX = 2**63 - 1

Rows = Sequence[Sequence[Any]] | None


def houses_get(*, property_ids: Iterable[int], first: date, last: date) -> dict[int, House]:
    """Return the terms of houses by id: active room types and plans, and what touches ``first`` to ``last``.

    Both dates are included (a departure may be closed). One query.
    """
    return _houses(BY_IDS, first=first, last=last, property_ids=list(property_ids))


def house_of_room_type(
    *, room_type_id: int, first: date, last: date, sold_plan_id: int | None = None
) -> House | None:
    """Return the terms of the house of one room type, with that room type alone; None if there is none.

    Both dates are included. With ``sold_plan_id``, the plan of a stay that was sold in this room type, plan and room
    type are there although nobody else can book them any more. One query.
    """
    if not 0 < room_type_id <= BIGINT_MAX:
        return None
    houses = _houses(
        BY_ROOM_TYPE, first=first, last=last, room_type_id=room_type_id, rate_plan_id=sold_plan_id
    )
    return next(iter(houses.values()), None)


def _houses(
    condition: str,
    *,
    first: date,
    last: date,
    property_ids: list[int] | None = None,
    room_type_id: int | None = None,
    rate_plan_id: int | None = None,
) -> dict[int, House]:
    parameters = {
        "first": first,
        "last": last,
        "property_ids": property_ids,
        "room_type_id": room_type_id,
        "rate_plan_id": rate_plan_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(HOUSES_SQL + condition, parameters)
        return {row[0]: _house(row) for row in cursor.fetchall()}


def _house(row: Sequence[Any]) -> House:
    room_types, occupancy, plans, tiers, special_days, restrictions, rules, taxes = row[7:]
    return House(
        property=PropertyTerms(*row[:7]),
        room_types=_room_types(room_types, occupancy),
        plans=_plans(plans, tiers),
        special_days=_special_days(special_days),
        restrictions=_restrictions(restrictions),
        rules=tuple(RuleTerms(*entry) for entry in rules or ()),
        taxes=_taxes(taxes),
    )


def _room_types(room_types: Rows, occupancy: Rows) -> dict[int, RoomTypeTerms]:
    differences: dict[int, list[OccupancyDifference]] = defaultdict(list)
    for room_type_id, guests, count, kind, value in occupancy or ():
        differences[room_type_id].append(OccupancyDifference(guests, count, kind, Decimal(value)))
    return {
        key: RoomTypeTerms(key, name, standard, adults, children, guests, tuple(differences[key]))
        for key, name, standard, adults, children, guests in room_types or ()
    }


def _plans(plans: Rows, tiers: Rows) -> dict[int, PlanTerms]:
    by_policy: dict[int, list[TierTerms]] = defaultdict(list)
    for policy_id, hours_before, kind, value in tiers or ():
        by_policy[policy_id].append(TierTerms(hours_before, kind, Decimal(value)))
    terms = {}
    for entry in plans or ():
        key, name, board, parent_id, kind, value, member_discount, deposit_kind, deposit_value = entry[:9]
        cancellation_name, no_show_percent, policy_id = entry[9:12]
        guest_changes, change_hours_before, change_fee, early_departure_percent, room_type_ids = entry[12:]
        terms[key] = PlanTerms(
            id=key,
            name=name,
            board=board,
            derived_from_id=parent_id,
            derived_kind=kind,
            derived_value=Decimal(value),
            member_discount=member_discount,
            deposit_kind=deposit_kind,
            deposit_value=Decimal(deposit_value),
            cancellation_name=cancellation_name,
            no_show_percent=Decimal(no_show_percent),
            tiers=tuple(by_policy[policy_id]),
            room_type_ids=frozenset(room_type_ids or ()),
            guest_changes=guest_changes,
            change_hours_before=change_hours_before,
            change_fee=Decimal(change_fee),
            early_departure_percent=Decimal(early_departure_percent),
        )
    return terms


def _special_days(rows: Rows) -> dict[date, SpecialDayTerms]:
    days = {}
    for text, name, kind, value, min_stay in rows or ():
        night = date.fromisoformat(text)
        days[night] = SpecialDayTerms(night, name, kind, Decimal(value), min_stay)
    return days


def _restrictions(rows: Rows) -> tuple[RestrictionTerms, ...]:
    return tuple(
        RestrictionTerms(room_type_id, plan_id, date.fromisoformat(first), date.fromisoformat(last), *rest)
        for room_type_id, plan_id, first, last, *rest in rows or ()
    )


def _taxes(rows: Rows) -> tuple[TaxTerms, ...]:
    return tuple(
        TaxTerms(
            id=key,
            name=name,
            kind=kind,
            value=Decimal(value),
            is_included=is_included,
            max_nights=max_nights,
            min_age=min_age,
            valid_from=date.fromisoformat(valid_from) if valid_from else None,
            valid_until=date.fromisoformat(valid_until) if valid_until else None,
        )
        for key, name, kind, value, is_included, max_nights, min_age, valid_from, valid_until in rows or ()
    )

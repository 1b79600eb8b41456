"""A house and everything it sells, from its blueprint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from django.db import transaction

from inventory.models import (
    CancellationPolicy,
    CancellationTier,
    DepositPolicy,
    OccupancyPrice,
    Property,
    RatePlan,
    Room,
    RoomType,
    Tax,
)

from .amenities import amenities_get
from .types import CancellationBlueprint, PropertyBlueprint, RatePlanBlueprint, RoomTypeBlueprint

ROOMS_PER_FLOOR = 30


@transaction.atomic
def property_build(*, blueprint: PropertyBlueprint) -> Property:
    """The house with the blueprint's slug, founded unpublished when there is none.

    Of a house that is there, only room types, policies and plans that are missing are added: what its staff made of
    it stays. All or nothing.
    """
    house, is_new = Property.objects.get_or_create(
        slug=blueprint.slug,
        defaults={
            "name": blueprint.name,
            "description": blueprint.description,
            "stars": blueprint.stars,
            "address": blueprint.address,
            "postal_code": blueprint.postal_code,
            "city": blueprint.city,
            "country": blueprint.country,
            "latitude": blueprint.latitude,
            "longitude": blueprint.longitude,
            "time_zone": blueprint.time_zone,
            "currency": blueprint.currency,
            "email": blueprint.email,
            "phone": blueprint.phone,
            "arrival_from": blueprint.arrival_from,
            "departure_until": blueprint.departure_until,
            "child_max_age": blueprint.child_max_age,
            "gateways": list(blueprint.gateways),
            "is_published": False,
        },
    )
    if is_new:
        house.amenities.set(amenities_get(blueprint.amenities))
        Tax.objects.bulk_create(
            Tax(
                property=house,
                name=tax.name,
                kind=tax.kind,
                value=tax.value,
                is_included=tax.is_included,
                max_nights=tax.max_nights,
                min_age=tax.min_age,
                position=position,
            )
            for position, tax in enumerate(blueprint.taxes)
        )
    room_types = _room_types_add(house, blueprint.room_types)
    for deposit in blueprint.deposits:
        DepositPolicy.objects.get_or_create(
            property=house, name=deposit.name, defaults={"kind": deposit.kind, "value": deposit.value}
        )
    for cancellation in blueprint.cancellations:
        _cancellation_policy_add(house, cancellation)
    _rate_plans_add(house, blueprint.rate_plans, room_types)
    return house


def _room_types_add(house: Property, blueprints: Sequence[RoomTypeBlueprint]) -> dict[str, RoomType]:
    known = {room_type.code: room_type for room_type in house.room_types.all()}
    taken = set(house.rooms.values_list("number", flat=True))
    numbers = _room_numbers(taken)
    for blueprint in blueprints:
        if blueprint.code in known:
            continue
        room_type = RoomType.objects.create(
            property=house,
            code=blueprint.code,
            name=blueprint.name,
            description=blueprint.description,
            beds=blueprint.beds,
            size_sqm=blueprint.size_sqm,
            standard_occupancy=blueprint.standard_occupancy,
            max_adults=blueprint.max_adults,
            max_children=blueprint.max_children,
            max_occupancy=blueprint.max_occupancy,
            is_active=blueprint.is_active,
            position=len(known),
        )
        room_type.amenities.set(amenities_get(blueprint.amenities))
        OccupancyPrice.objects.bulk_create(
            OccupancyPrice(
                room_type=room_type,
                guests=price.guests,
                count=price.count,
                kind=price.kind,
                value=price.value,
            )
            for price in blueprint.occupancy_prices
        )
        Room.objects.bulk_create(
            Room(property=house, room_type=room_type, number=number, floor=floor)
            for floor, number in islice(numbers, blueprint.rooms)
        )
        known[blueprint.code] = room_type
    return known


def _room_numbers(taken: set[str]) -> Iterator[tuple[str, str]]:
    """Free (floor, number) pairs without end: 101 to 130, then 201."""
    floor = 1
    while True:
        for index in range(1, ROOMS_PER_FLOOR + 1):
            number = f"{floor}{index:02d}"
            if number not in taken:
                yield str(floor), number
        floor += 1


def _cancellation_policy_add(house: Property, blueprint: CancellationBlueprint) -> None:
    policy, is_new = CancellationPolicy.objects.get_or_create(
        property=house,
        name=blueprint.name,
        defaults={
            "no_show_percent": blueprint.no_show_percent,
            "change_fee": blueprint.change_fee,
            "early_departure_percent": blueprint.early_departure_percent,
        },
    )
    if is_new:
        CancellationTier.objects.bulk_create(
            CancellationTier(policy=policy, hours_before=hours, penalty_kind=kind, penalty_value=value)
            for hours, kind, value in blueprint.tiers
        )


def _rate_plans_add(
    house: Property, blueprints: Sequence[RatePlanBlueprint], room_types: dict[str, RoomType]
) -> None:
    known = {plan.code: plan for plan in house.rate_plans.all()}
    deposits = {policy.name: policy for policy in house.deposit_policies.all()}
    cancellations = {policy.name: policy for policy in house.cancellation_policies.all()}
    for blueprint in blueprints:
        if blueprint.code in known:
            continue
        plan = RatePlan.objects.create(
            property=house,
            code=blueprint.code,
            name=blueprint.name,
            description=blueprint.description,
            board=blueprint.board,
            cancellation_policy=cancellations[blueprint.cancellation],
            deposit_policy=deposits[blueprint.deposit],
            derived_from=known[blueprint.derived_from] if blueprint.derived_from else None,
            derived_kind=blueprint.derived_kind,
            derived_value=blueprint.derived_value,
            member_discount=blueprint.member_discount,
            position=len(known),
        )
        plan.room_types.set([room_types[code] for code in blueprint.room_types])
        known[blueprint.code] = plan

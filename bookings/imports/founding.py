"""Founding the houses before their bookings are written, and opening them to guests afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from core.cache.generations import bump
from core.cache.keys import REPORTS
from inventory.blueprints import nights_build, property_build, property_open
from inventory.models import BoardBasis, Property
from inventory.pricing.data import PlanTerms
from inventory.selectors.terms import houses_get

from .exceptions import ImportFailed
from .houses import BASE_PLAN, house_blueprint, plan_code
from .prices import seasons_derive
from .survey import HotelSurvey
from .writing import SellingHouse


def house_found(*, hotel: str, survey: HotelSurvey, end: date) -> SellingHouse:
    """The house of a hotel of the file, founded where it is missing, with nights from the first stay to ``end``.

    Raises `ImportFailed` when its staff has switched off a rate plan that bookings of the file were sold at.
    """
    house = property_build(blueprint=house_blueprint(hotel=hotel, survey=survey))
    nights_build(property_id=house.pk, first=survey.first_night, end=max(end, survey.last_departure))
    terms = houses_get(property_ids=[house.pk], first=survey.first_night, last=survey.first_night)[house.pk]
    return SellingHouse(
        terms=terms.property,
        departure_until=house.departure_until,
        room_type_ids=dict(house.room_types.values_list("code", "pk")),
        plans=_plans(house, terms.plans),
    )


def house_open(*, house: SellingHouse, survey: HotelSurvey, first: date, end: date) -> bool:
    """Price the nights ``[first, end)`` and publish the house, the first time only. Returns whether it did."""
    property_id = house.terms.id
    bump(REPORTS, property_id)
    sold = Property.objects.get(pk=property_id).room_types.filter(is_active=True)
    seasons = seasons_derive(
        survey=survey,
        room_types=list(sold.values_list("code", flat=True)),
        rate_plan=BASE_PLAN,
        first=first,
        end=end,
    )
    return property_open(property_id=property_id, seasons=seasons, first=first)


def _plans(house: Property, terms: Mapping[int, PlanTerms]) -> dict[tuple[BoardBasis, bool], PlanTerms]:
    ids = dict(house.rate_plans.values_list("code", "pk"))
    plans = {}
    for board in BoardBasis:
        for is_refundable in (True, False):
            code = plan_code(board=board, is_refundable=is_refundable)
            plan = terms.get(ids[code])
            if plan is None:
                raise ImportFailed(
                    _(
                        "The rate plan %(code)s of %(house)s is switched off; bookings of the file were sold at it."
                    )
                    % {"code": code, "house": house}
                )
            plans[board, is_refundable] = plan
    return plans

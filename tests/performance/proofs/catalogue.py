"""Indexes of the catalogue, its nights, prices and words, each with what reads by it."""

from __future__ import annotations

from datetime import timedelta

from core.dates import StayDates
from inventory.models import ExternalCalendar, Property
from inventory.selectors.channels import calendars_due
from inventory.selectors.feeds import feed_by_token
from inventory.selectors.prices import nightly_states
from inventory.selectors.search import property_search
from inventory.selectors.terms import houses_get
from inventory.services.calendars.importing import calendar_release
from inventory.types import Party
from tests.performance.figures import World
from tests.performance.filling import BASE
from tests.performance.proving import Proofs


def _weekend(world: World) -> StayDates:
    return StayDates(world.day(20), world.day(23))


PROOFS: Proofs = {
    "price_change_type_month": lambda world: nightly_states(
        room_type_id=world.room_type, stay=_weekend(world), since=world.at.replace(year=world.at.year - 1)
    ),
    "property_document": lambda world: list(Property.objects.matching("house 17")[:20]),
    "restriction_property_dates": lambda world: houses_get(
        property_ids=[world.house], first=world.today, last=world.day(30)
    ),
    "inventory_date_type": lambda world: property_search(
        destination="", stay=_weekend(world), party=Party(2), at=world.at
    ),
    "rate_date_type_plan": lambda world: property_search(
        destination="", stay=_weekend(world), party=Party(2), at=world.at
    ),
    "external_calendar_due": lambda world: calendars_due(at=world.at - timedelta(days=30), every_seconds=900),
    "external_event_calendar_end": lambda world: calendar_release(
        ExternalCalendar.objects.get(pk=BASE + 7), at=world.at
    ),
    "block_room_type_dates": lambda world: feed_by_token("nobody's", at=world.at),
}

"""Rooms for the stays to come, every night."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from bookings.services.rooming import AssignmentResult, rooms_assign_automatically
from core.dates import property_today
from core.exceptions import DomainError
from inventory.models import Property

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class NightlyAssignment:
    """What a run did: results by property slug, and the codes of what was refused."""

    results: dict[str, AssignmentResult] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def figures(self) -> dict[str, int]:
        """What is kept of the run."""
        return {
            "rooms_assigned": sum(result.stays for result in self.results.values()),
            "stays_left": sum(len(result.left) for result in self.results.values()),
            "houses_failed": len(self.errors),
        }


def rooms_assign_nightly(
    *,
    at: datetime | None = None,
    property_slug: str | None = None,
    days: int | None = None,
    is_preview: bool = False,
) -> NightlyAssignment:
    """Give rooms to the stays of the next days, in every property that wants it, each in its own transaction.

    ``days`` replaces what the properties say; ``property_slug`` takes one property, also if it says nothing. One that
    is busy is left for the next run.
    """
    at = at or timezone.now()
    done = NightlyAssignment()
    houses = Property.objects.filter(rooms__is_active=True).distinct().order_by("pk")
    houses = houses.filter(slug=property_slug) if property_slug else houses
    for house in houses.only("pk", "slug", "time_zone", "assign_rooms_days"):
        ahead = days or house.assign_rooms_days
        if not ahead:
            continue
        today = property_today(house.time_zone, at)
        try:
            done.results[house.slug] = rooms_assign_automatically(
                property_id=house.pk,
                start=today,
                end=today + timedelta(days=ahead),
                at=at,
                is_preview=is_preview,
            )
        except DomainError as error:
            logger.warning("rooms_not_assigned", property_id=house.pk, code=error.code)
            done.errors[house.slug] = error.code
    return done

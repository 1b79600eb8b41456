"""The release of a group is ahead when it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bookings.group_types import GroupDetails
from bookings.models import Group
from bookings.selectors.groups import group_release_at
from bookings.services.groups import group_create, group_update
from core.exceptions import ValidationFailed

pytestmark = pytest.mark.django_db


def test_a_release_that_is_over_is_refused_unless_it_stood_before(house, clerk):
    stay = house.stay(nights=2)
    details = GroupDetails(
        name="Chess club",
        arrival=stay.arrival,
        departure=stay.departure,
        release_date=stay.arrival - timedelta(days=3),
        rate_plan_id=house.plan.pk,
    )
    manage = {"details": details, "actor": clerk}
    due = group_release_at(group_create(property_id=house.property.pk, **manage))
    with pytest.raises(ValidationFailed) as refused:
        group_create(property_id=house.property.pk, at=due, **manage)
    assert refused.value.field == "release_date"
    group = Group.objects.get()

    group_update(group_id=group.pk, version=group.version, at=due, **manage)
    earlier = {
        "details": replace(details, release_date=details.release_date - timedelta(days=1)),
        "actor": clerk,
    }
    with pytest.raises(ValidationFailed):
        group_update(group_id=group.pk, version=group.version + 1, at=due, **earlier)
    group.refresh_from_db()
    assert group.release_date == details.release_date

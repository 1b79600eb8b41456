"""Who could get a report."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from accounts.models import PropertyStaff, User
from accounts.permissions import OPERATION_PERMISSIONS
from reports.access import DESK_READ


def people_at(property_ids: Collection[int] | None) -> QuerySet[User]:
    """Return who may read some report of one of these properties (None: all), and superusers, by name. One query."""
    staff = PropertyStaff.objects.filter(role__in=OPERATION_PERMISSIONS[DESK_READ])
    if property_ids is not None:
        staff = staff.filter(property_id__in=list(property_ids))
    return User.objects.filter(
        Q(pk__in=staff.values("user_id")) | Q(is_superuser=True), is_active=True, is_staff=True
    ).order_by("full_name", "email")

"""A group is agreed, and what was agreed changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import operation_require
from bookings.exceptions import EditConflict
from bookings.group_types import GroupDetails
from bookings.models import Group, GroupStatus
from bookings.selectors.groups import group_release_at
from core.exceptions import ValidationFailed, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from inventory.exceptions import UnknownRatePlan
from inventory.models import Property, RatePlan
from payments.models import Folio

from .locking import group_open_lock

GROUP_FIELDS = (
    "name",
    "arrival",
    "departure",
    "release_date",
    "release_time",
    "rate_plan_id",
    "company",
    "company_address",
    "vat_number",
    "contact_name",
    "contact_email",
    "contact_phone",
    "shared_folio",
    "notes",
)


def group_create(
    *,
    property_id: int,
    details: GroupDetails,
    actor: User,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Group:
    """Write a group; with a shared folio that is opened. Its rooms come with `group_blocks_set`.

    Its release is ahead: what is kept would go back on sale at once. Raises `PermissionDenied`, `ValidationFailed`,
    `UnknownRatePlan`.
    """
    with translate_integrity_errors(), transaction.atomic(durable=True):
        operation_require(actor, property_id, "group_manage")
        _details_check(property_id, details)
        house = Property.objects.get(pk=property_id)
        folio = _folio_open(house, details) if details.shared_folio else None
        group = Group.objects.create(
            property=house,
            status=GroupStatus.DEFINITE if details.is_definite else GroupStatus.TENTATIVE,
            folio=folio,
            created_by=actor,
            **_fields(details),
        )
        _release_check(group, at=at or timezone.now())
        if idempotency is not None:
            idempotency.complete(group)
    return group


def group_update(
    *, group_id: int, details: GroupDetails, actor: User, version: int, at: datetime | None = None
) -> Group:
    """Write what has changed about a group that still keeps rooms. Locks the group.

    A release that is moved is ahead. Whether it has a shared folio stays as it was once it has bookings. Raises
    `GroupNotFound`, `GroupClosed`, `EditConflict` for another ``version``, `PermissionDenied`, `ValidationFailed`,
    `UnknownRatePlan`.
    """
    with translate_integrity_errors(), transaction.atomic(durable=True):
        group = group_open_lock(group_id=group_id)
        operation_require(actor, group.property_id, "group_manage")
        if group.version != version:
            raise EditConflict
        _details_check(group.property_id, details)
        if details.shared_folio != group.shared_folio and group.bookings.exists():
            raise ValidationFailed(
                _("The group has bookings already: their charges stay where they are."), field="shared_folio"
            )
        if details.shared_folio and group.folio_id is None:
            group.folio = _folio_open(group.property, details)
        released_before = group_release_at(group)
        for name, value in _fields(details).items():
            setattr(group, name, value)
        if group_release_at(group) != released_before:
            _release_check(group, at=at or timezone.now())
        group.status = GroupStatus.DEFINITE if details.is_definite else GroupStatus.TENTATIVE
        group.version += 1
        group.save()
        return group


def _details_check(property_id: int, details: GroupDetails) -> None:
    if not details.name.strip():
        raise ValidationFailed(_("Please name the group."), field="name")
    if details.departure <= details.arrival:
        raise ValidationFailed(_("The departure must be after the arrival."), field="departure")
    if details.release_date > details.arrival:
        raise ValidationFailed(_("The release date is before the arrival, or on it."), field="release_date")
    if not RatePlan.objects.filter(pk=details.rate_plan_id, property_id=property_id).exists():
        raise UnknownRatePlan(field="rate_plan")


def _release_check(group: Group, *, at: datetime) -> None:
    if group_release_at(group) <= at:
        raise ValidationFailed(_("The release is over already: choose a later one."), field="release_date")


def _folio_open(house: Property, details: GroupDetails) -> Folio:
    title = (details.company or details.name)[:120]
    return Folio.objects.create(property=house, currency=house.currency, title=title)


def _fields(details: GroupDetails) -> dict[str, Any]:
    return {name: getattr(details, name) for name in GROUP_FIELDS}

"""What nobody has picked up goes back on sale: on the release date by itself, or when the group is called off."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.selectors import operation_require
from bookings.exceptions import GroupNotDue
from bookings.group_types import GroupCancelReport
from bookings.models import OPEN_GROUP_STATUSES, Booking, Group, GroupStatus
from bookings.selectors.groups import group_release_at, groups_due
from bookings.services.cancelling import booking_cancel
from bookings.transitions import BookingStatus
from core.exceptions import DomainError, translate_integrity_errors
from core.idempotency import IdempotencyClaim

from .blocks import blocks_give_back
from .locking import blocks_lock, group_lock

BATCH_GROUPS = 200
CALLED_OFF_WITH_GROUP = (BookingStatus.HELD, BookingStatus.CONFIRMED)

logger = structlog.get_logger(__name__)


def group_release(
    *,
    group_id: int,
    actor: User | None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> int:
    """Put what nobody has picked up back on sale, which the waitlist is told of first; how many room nights.

    The clock (no ``actor``) does so from the release date on, staff when they want. The bookings stay. Released twice
    is released once. Locks group and nights. Raises `GroupNotFound`, `GroupNotDue`, `PermissionDenied`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        group = group_lock(group_id=group_id)
        if actor is not None:
            operation_require(actor, group.property_id, "group_manage")
        is_open, freed = group.status in OPEN_GROUP_STATUSES, 0
        if is_open and actor is None and group_release_at(group) > at:
            raise GroupNotDue
        if is_open:
            freed = blocks_give_back(blocks_lock(group))
            _close(group, status=GroupStatus.RELEASED, released_at=at)
            logger.info("group_released", group_id=group_id, room_nights=freed)
        if idempotency is not None:
            idempotency.complete(group)
    return freed


def groups_release(*, at: datetime | None = None) -> int:
    """Release every group whose time has come, each in its own transaction; how many. A busy one waits for later."""
    at = at or timezone.now()
    released = 0
    for group_id in groups_due(at=at, limit=BATCH_GROUPS):
        try:
            group_release(group_id=group_id, actor=None, at=at)
        except DomainError as error:
            logger.warning("group_not_released", group_id=group_id, code=error.code)
            continue
        released += 1
    return released


def group_cancel(
    *,
    group_id: int,
    actor: User,
    reason: str = "",
    with_bookings: bool = False,
    waive_fee: bool = False,
    at: datetime | None = None,
) -> GroupCancelReport:
    """Call a group off: its rooms go back on sale; ``with_bookings``, its stays that have not begun are cancelled too.

    First the group, then one booking after the other, each committed, at its own terms; one that cannot be cancelled is
    named in the report and stays. Raises `GroupNotFound`, `GroupClosed`, `PermissionDenied`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        group = group_lock(group_id=group_id)
        operation_require(actor, group.property_id, "group_cancel")
        if group.status != GroupStatus.CANCELLED:
            blocks_give_back(blocks_lock(group))
            _close(group, status=GroupStatus.CANCELLED, cancelled_at=at)
    report = GroupCancelReport()
    if not with_bookings:
        return report
    rows = Booking.objects.filter(group_id=group_id, status__in=CALLED_OFF_WITH_GROUP).order_by("pk")
    for booking_id, reference in rows.values_list("pk", "reference"):
        try:
            booking_cancel(booking_id=booking_id, actor=actor, at=at, reason=reason, waive_fee=waive_fee)
        except DomainError as error:
            report.kept.append(f"{reference}: {error}")
        else:
            report.cancelled.append(reference)
    return report


def _close(group: Group, *, status: GroupStatus, **fields: datetime) -> None:
    group.status = status
    group.version += 1
    for name, value in fields.items():
        setattr(group, name, value)
    group.save(update_fields=["status", "version", *fields, "updated_at"])

"""Who comes first, on the word of the staff."""

from __future__ import annotations

import pghistory
from django.db import transaction

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.selectors import staff_access
from core.exceptions import PermissionDenied, translate_integrity_errors
from waitlist.exceptions import EntryNotWaiting, PriorityInvalid
from waitlist.models import PRIORITY_MAX, WaitlistEntry
from waitlist.selectors.history import PRIORITISE
from waitlist.transitions import ACTIVE_STATUSES

from .moving import entry_lock

REASON_MAX_LENGTH = 200


def entry_prioritise(*, entry_id: int, priority: int, reason: str, actor: User) -> WaitlistEntry:
    """Move an entry in the queue: 0 to 100, higher comes first, and why. The history keeps who, when and from where.

    Locks the entry. Raises `PriorityInvalid`, `PermissionDenied`, `EntryNotWaiting` once the wait is over.
    """
    reason = reason.strip()[:REASON_MAX_LENGTH]
    if not 0 <= priority <= PRIORITY_MAX:
        raise PriorityInvalid(field="priority")
    if not reason:
        raise PriorityInvalid(field="reason")
    with (
        translate_integrity_errors(),
        pghistory.context(actor=actor.pk, operation=PRIORITISE),
        transaction.atomic(durable=True),
    ):
        entry = entry_lock(entry_id=entry_id)
        roles = OPERATION_PERMISSIONS["waitlist_prioritise"]
        if not may_with(staff_access(actor), entry.property_id, roles):
            raise PermissionDenied
        if entry.status not in ACTIVE_STATUSES:
            raise EntryNotWaiting(data={"status": entry.status})
        entry.priority, entry.priority_reason = priority, reason
        entry.save(update_fields=["priority", "priority_reason", "updated_at"])
    return entry

"""What was done with an entry, for the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from core.models import AuditEntry
from waitlist.models import WaitlistEntry, WaitlistOffer

PRIORITISE = "waitlist_prioritise"
"""The operation in the context of the log's entries."""


@dataclass(frozen=True, slots=True)
class PriorityChange:
    """Who put an entry where in the queue, when and why. ``actor`` "" is somebody who is not there any more."""

    at: datetime
    priority: int
    reason: str
    actor: str


def entry_offers(*, entry: WaitlistEntry) -> list[WaitlistOffer]:
    """What an entry was offered, newest first, with booking, room type and rate plan. One query."""
    return list(WaitlistOffer.objects.with_stay().filter(entry_id=entry.pk).order_by("-pk"))


def entry_priority_history(*, entry: WaitlistEntry) -> list[PriorityChange]:
    """Every time somebody moved an entry in the queue, newest first. Two queries."""
    entries = list(
        AuditEntry.objects.filter(model=WaitlistEntry._meta.label_lower, object_id=str(entry.pk)).order_by(
            "id"
        )
    )
    actors = {one.user_id for one in entries if one.user_id is not None}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=actors)} if actors else {}
    changes: list[PriorityChange] = []
    row: dict[str, Any] = {}
    for one in entries:  # an entry has what changed; the rest is as the ones before left it
        row |= one.after or {}
        if (one.extra or {}).get("operation") == PRIORITISE:
            change = PriorityChange(
                at=one.at,
                priority=row.get("priority", 0),
                reason=row.get("priority_reason", ""),
                actor=names.get(one.user_id or 0, ""),
            )
            changes.insert(0, change)
    return changes

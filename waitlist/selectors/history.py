"""What was done with an entry, for the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps

from accounts.models import User
from waitlist.models import WaitlistEntry, WaitlistOffer

PRIORITISE = "waitlist_prioritise"
"""The operation in the context of the history's events."""


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
    events = list(
        apps.get_model("waitlist", "WaitlistEntryEvent")
        .objects.filter(pgh_obj_id=entry.pk, pgh_context__metadata__operation=PRIORITISE)
        .select_related("pgh_context")
        .order_by("-pgh_created_at", "-pgh_id")
    )
    actors = {event.pgh_context.metadata.get("actor") for event in events}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=actors)} if actors else {}
    return [
        PriorityChange(
            at=event.pgh_created_at,
            priority=event.priority,
            reason=event.priority_reason,
            actor=names.get(event.pgh_context.metadata.get("actor"), ""),
        )
        for event in events
    ]

"""What the waitlist and price alerts hold about people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.privacy import holds, holds_nothing
from accounts.privacy.retention import retention
from waitlist.models import WaitlistEntry
from waitlist.transitions import ACTIVE_STATUSES, EntryStatus


def _queue_leave(keys: Sequence[Any], at: datetime) -> None:
    """Who is erased waits no longer."""
    WaitlistEntry.objects.filter(pk__in=keys, status__in=ACTIVE_STATUSES).update(
        status=EntryStatus.LEFT, ended_at=at
    )


holds(
    "waitlist.waitlistentry",
    title=_("Waitlist"),
    order=400,
    find=lambda person: person.by_user("user") | person.by_email("guest_email"),
    shown=("reference", "created_at", "property", "room_type", "arrival", "departure", "adults", "status"),
    personal=("guest_name", "guest_email", "guest_phone", "user", "children_ages", "priority_reason"),
    secret=("access_token_hash",),
    plain=("language", "currency"),
    values={"priority_reason": "–"},
    prepare=_queue_leave,
)
holds(
    "waitlist.waitlistoffer",
    title=_("Offers from the waitlist"),
    order=401,
    find=lambda person: person.by_rows("entry", "waitlist.waitlistentry"),
    shown=("reference", "created_at", "total", "currency", "status", "expires_at"),
    personal=("outcome_note",),
    secret=("access_token_hash",),
)
holds(
    "waitlist.pricealert",
    title=_("Price alerts"),
    order=402,
    find=lambda person: person.by_user("user") | person.by_email("guest_email"),
    shown=("reference", "created_at", "property", "arrival", "departure", "target_total", "drop_percent"),
    personal=("guest_name", "guest_email", "children_ages"),
    plain=("language", "currency", "status"),
    erase="delete",
)
holds_nothing("waitlist.pricedrop", "currency", reason="prices that were told; they go with their alert")
retention(
    "waitlist",
    model="waitlist.waitlistentry",
    title=_("who has waited, after it ended"),
    over=lambda before: Q(ended_at__lt=before) & ~Q(guest_email=""),
    house="property",
)
retention(
    "alerts",
    model="waitlist.pricealert",
    title=_("price alerts, after the arrival"),
    over=lambda before: Q(arrival__lt=before.date()),
    house="property",
)

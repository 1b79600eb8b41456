"""The one way entries and offers change their state: lock the entry, check the table, write."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from core.locks import lock_timeout
from core.outbox import effect_enqueue
from waitlist.exceptions import EntryNotFound, EntryNotWaiting, OfferOver
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.transitions import ACTIVE_STATUSES, ENTRY_TRANSITIONS, EntryStatus, OfferStatus

OFFERS_MAKE = "waitlist.offers_make"
"""The kind of the effect that offers what came free at one property."""


def entry_lock(*, entry_id: int) -> WaitlistEntry:
    """Lock an entry, with property, room type and user at hand. Two queries. Raises `EntryNotFound`, `Unavailable`."""
    with lock_timeout():
        entry = (
            WaitlistEntry.objects.select_for_update(of=("self",), no_key=True)
            .with_house()
            .select_related("user")
            .filter(pk=entry_id)
            .first()
        )
    if entry is None:
        raise EntryNotFound
    return entry


def entry_move(entry: WaitlistEntry, *, target: EntryStatus, at: datetime, **changes: Any) -> WaitlistEntry:
    """Take a locked entry to ``target``. One query. Raises `EntryNotWaiting` where the table does not allow it."""
    if (entry.status, target) not in ENTRY_TRANSITIONS:
        raise EntryNotWaiting(data={"status": entry.status})
    entry.status = target
    entry.ended_at = None if target in ACTIVE_STATUSES else at
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.save(update_fields=["status", "ended_at", *changes, "updated_at"])
    return entry


def offer_end(offer: WaitlistOffer, *, target: OfferStatus, at: datetime, note: str = "") -> WaitlistOffer:
    """End an open offer whose entry is locked. One query. Raises `OfferOver`."""
    if offer.status != OfferStatus.OPEN:
        raise OfferOver(data={"status": offer.status})
    offer.status, offer.answered_at, offer.outcome_note = target, at, note
    offer.save(update_fields=["status", "answered_at", "outcome_note", "updated_at"])
    return offer


def matching_enqueue(*, property_id: int) -> None:
    """Have what is free at a property offered soon, in the caller's transaction; one run after another. One query."""
    effect_enqueue(
        kind=OFFERS_MAKE,
        payload={"property_id": property_id},
        dedup_key=f"{OFFERS_MAKE}:{property_id}:{uuid4()}",
        ordering_key=f"waitlist:{property_id}",
    )

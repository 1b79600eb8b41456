"""An entry as its guest sees it."""

from __future__ import annotations

from django.db.models import Count, Q

from accounts.models import User
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.querysets import WaitlistEntryQuerySet
from waitlist.transitions import ACTIVE_STATUSES, EntryStatus, OfferStatus
from waitlist.types import EntryDetails, QueuePlace


def entry_place(*, entry: WaitlistEntry) -> QueuePlace:
    """How many come before an entry that want some of the same nights, and how many wait for them. One query."""
    rivals = WaitlistEntry.objects.waiting().filter(property_id=entry.property_id)
    rivals = rivals.filter(
        arrival__lt=entry.departure, departure__gt=entry.arrival
    )  # without their flexibility: they might get other nights
    if entry.room_type_id is not None:
        rivals = rivals.filter(Q(room_type_id=entry.room_type_id) | Q(room_type__isnull=True))
    before = Q(priority__gt=entry.priority) | Q(priority=entry.priority, queued_at__lt=entry.queued_at)
    before |= Q(priority=entry.priority, queued_at=entry.queued_at, pk__lt=entry.pk)
    counted = rivals.order_by().aggregate(before=Count("pk", filter=before), waiting=Count("pk"))
    return QueuePlace(before=counted["before"], waiting=counted["waiting"])


def entry_details(*, entry: WaitlistEntry) -> EntryDetails:
    """The entry with its place while it waits, else with its newest offer. One query."""
    if entry.status == EntryStatus.WAITING:
        return EntryDetails(entry, entry_place(entry=entry), None)
    offer = WaitlistOffer.objects.with_stay().filter(entry_id=entry.pk).order_by("-pk").first()
    return EntryDetails(entry, None, offer)


def entries_active(*, user: User) -> WaitlistEntryQuerySet:
    """What a user waits for or is offered with its house, soonest first, to be paginated. One query when read."""
    entries = WaitlistEntry.objects.with_house().filter(user=user, status__in=ACTIVE_STATUSES)
    return entries.order_by("arrival", "pk")


def entries_with_offers(entries: list[WaitlistEntry]) -> list[WaitlistEntry]:
    """The entries, each with its open offer in ``open_offer``. One query at most."""
    offered = {entry.pk: entry for entry in entries if entry.status == EntryStatus.OFFERED}
    offers = WaitlistOffer.objects.with_stay().filter(entry_id__in=offered, status=OfferStatus.OPEN)
    by_entry = {offer.entry_id: offer for offer in offers} if offered else {}
    for entry in entries:
        entry.open_offer = by_entry.get(entry.pk)  # type: ignore[attr-defined]
    return entries

"""Guests across their stays: every sold stay gets a profile of its house, and profiles of one person become one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS
from accounts.selectors import staff_may
from bookings.exceptions import GuestsNotMergeable
from bookings.models import Booking, Guest, GuestMerge
from bookings.selectors.guests import bookings_without_guest
from core.exceptions import NotFound, PermissionDenied, translate_integrity_errors
from core.locks import lock_timeout

FILLED = ("email", "phone", "country", "language")
"""Fields of the kept profile that take the other's value where they are empty."""

BATCH = 1_000


def guests_link(*, limit: int | None = None, at: datetime | None = None) -> int:
    """Give every sold stay without one its profile; how many stays. Safe to run twice at once.

    Stays with the same e-mail address at the same house share a profile, and so do stays without an address that
    have the same name and phone. The address of a profile that was merged leads to the one that goes on. Six queries
    for each `BATCH`, and one more where merges follow each other.
    """
    linked = 0
    while limit is None or linked < limit:
        bookings = bookings_without_guest(limit=BATCH if limit is None else min(BATCH, limit - linked))
        if not bookings:
            return linked
        with transaction.atomic():
            linked += _link(bookings)
    return linked


def guest_link(*, booking_id: int) -> Guest:
    """The profile of one stay, made or found now. Raises `NotFound` for a stay that nobody's name stands on."""
    booking = Booking.objects.filter(pk=booking_id).exclude(guest_name="").select_related("guest").first()
    if booking is None:
        raise NotFound
    if booking.guest is None:
        with transaction.atomic():
            _link([booking])
        booking.refresh_from_db(fields=["guest"])
    assert booking.guest is not None
    return booking.guest


@translate_integrity_errors()
def guests_merge(*, kept_id: int, merged_id: int, actor: User, at: datetime | None = None) -> GuestMerge:
    """Two profiles are one person: all stays go to the kept one, and what it does not know comes from the other.

    Locks both profiles in the order of their numbers. `guests_merge_undo` takes it back. Raises `NotFound`,
    `PermissionDenied`, and `GuestsNotMergeable` for profiles of two houses, one profile twice, or one merged before.
    """
    with transaction.atomic():
        kept, merged = _pair_lock(kept_id, merged_id, actor=actor)
        before = _values(kept)
        merged.merged_into = kept
        merged.save(update_fields=["merged_into", "updated_at"])
        booking_ids = list(merged.bookings.order_by("pk").values_list("pk", flat=True))
        merged.bookings.update(guest=kept)
        for name in FILLED:
            setattr(kept, name, getattr(kept, name) or getattr(merged, name))
        kept.wishes = sorted({*kept.wishes, *merged.wishes})
        kept.is_vip = kept.is_vip or merged.is_vip
        kept.notes = "\n\n".join(part for part in (kept.notes, merged.notes) if part)
        kept.save()
        return GuestMerge.objects.create(
            kept=kept,
            merged=merged,
            booking_ids=booking_ids,
            before={"before": before, "after": _values(kept)},
            merged_by=actor,
            merged_at=at or timezone.now(),
        )


@translate_integrity_errors()
def guests_merge_undo(*, merge_id: int, actor: User, at: datetime | None = None) -> GuestMerge:
    """Two people after all: the stays that had moved go back, and fields nobody has edited since are as before.

    Raises `NotFound`, `PermissionDenied`, `GuestsNotMergeable` for a merge that was undone before.
    """
    with transaction.atomic():
        merge = GuestMerge.objects.select_for_update().filter(pk=merge_id).first()
        if merge is None:
            raise NotFound
        kept, merged = _pair_lock(merge.kept_id, merge.merged_id, actor=actor, merged_into=merge.kept_id)
        if merge.undone_at is not None:
            raise GuestsNotMergeable
        now, then = _values(kept), merge.before
        for name, value in then["before"].items():
            if now[name] == then["after"][name]:
                setattr(kept, name, value)
        kept.save()
        merged.merged_into = None
        merged.save(update_fields=["merged_into", "updated_at"])
        kept.bookings.filter(pk__in=merge.booking_ids).update(guest=merged)
        merge.undone_at = at or timezone.now()
        merge.save(update_fields=["undone_at"])
        return merge


def _link(bookings: Sequence[Booking]) -> int:
    """Find or make the profiles of some stays, and point the stays to them. In the caller's transaction."""
    with_email = [booking for booking in bookings if booking.guest_email]
    found = _gone_on(bookings, emails=_emails(with_email))
    new = [_profile(one) for one in with_email if (one.property_id, one.guest_email.lower()) not in found]
    Guest.objects.bulk_create(new, ignore_conflicts=True)
    by_email = _living(bookings).exclude(email="").annotate(key=Lower("email"))
    found |= {(row.property_id, row.key): row for row in by_email.filter(key__in=_emails(with_email))}
    nameless = _living(bookings).filter(email="", name__in={booking.guest_name for booking in bookings})
    by_name = {(row.property_id, row.name, str(row.phone)): row for row in nameless}
    for booking in bookings:
        if booking.guest_email:
            booking.guest = found[booking.property_id, booking.guest_email.lower()]
            continue
        key = (booking.property_id, booking.guest_name, str(booking.guest_phone))
        if key not in by_name or not booking.guest_phone:
            by_name[key] = _profile(booking)
            by_name[key].save(force_insert=True)
        booking.guest = by_name[key]
    return Booking.objects.bulk_update(bookings, ["guest"])


def _profile(booking: Booking) -> Guest:
    return Guest(
        property_id=booking.property_id,
        name=booking.guest_name,
        email=booking.guest_email,
        phone=booking.guest_phone,
        country=booking.guest_country,
        language=booking.language,
    )


def _living(bookings: Sequence[Booking]) -> Any:
    """Profiles that go on, of the houses of these stays."""
    houses = {booking.property_id for booking in bookings}
    return Guest.objects.filter(property_id__in=houses, merged_into__isnull=True).order_by("pk")


def _gone_on(bookings: Sequence[Booking], *, emails: set[str]) -> dict[tuple[int, str], Guest]:
    """The profiles into which those with these addresses were merged, by house and address in lower case."""
    houses = {booking.property_id for booking in bookings}
    rows = Guest.objects.filter(property_id__in=houses, merged_into__isnull=False).annotate(
        key=Lower("email")
    )
    merged = rows.filter(key__in=emails).select_related("merged_into").order_by("pk")
    found = {(row.property_id, row.key): row.merged_into for row in merged if row.merged_into is not None}
    while further := {guest.merged_into_id for guest in found.values() if guest.merged_into_id}:
        following = Guest.objects.in_bulk(further)
        found = {key: following.get(guest.merged_into_id, guest) for key, guest in found.items()}
    return found


def _emails(bookings: Sequence[Booking]) -> set[str]:
    return {booking.guest_email.lower() for booking in bookings}


def _values(guest: Guest) -> dict[str, Any]:
    """The fields that a merge may change, as JSON."""
    return {
        **{name: str(getattr(guest, name)) for name in FILLED},
        "wishes": list(guest.wishes),
        "is_vip": guest.is_vip,
        "notes": guest.notes,
    }


def _pair_lock(
    kept_id: int, merged_id: int, *, actor: User, merged_into: int | None = None
) -> tuple[Guest, Guest]:
    """Lock two profiles of one house, of which the second goes on by itself, or is merged into the one given."""
    with lock_timeout():
        rows = Guest.objects.select_for_update(no_key=True).filter(pk__in=(kept_id, merged_id)).order_by("pk")
        guests = {guest.pk: guest for guest in rows}
    if not {kept_id, merged_id} <= guests.keys():
        raise NotFound
    kept, merged = guests[kept_id], guests[merged_id]
    if not staff_may(actor, kept.property_id, *OPERATION_PERMISSIONS["guest_merge"]):
        raise PermissionDenied
    if (
        kept_id == merged_id
        or kept.property_id != merged.property_id
        or kept.merged_into_id is not None
        or merged.merged_into_id != merged_into
    ):
        raise GuestsNotMergeable
    return kept, merged

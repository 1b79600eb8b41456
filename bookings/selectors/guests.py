"""What a house knows about a guest: their stays, what they were worth, and who may be the same person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q, Sum
from django.db.models.functions import Lower

from bookings.models import Booking, Guest, GuestMerge
from bookings.querysets import BookingQuerySet
from bookings.transitions import SOLD_STATUSES, BookingStatus

STAYS_SHOWN = 50
DUPLICATES_SHOWN = 10
_ROOM_NIGHTS = ExpressionWrapper((F("departure") - F("arrival")) * F("rooms"), output_field=DurationField())


@dataclass(frozen=True, slots=True)
class GuestFigures:
    """What a guest's stays add up to at a house. ``revenue`` is what sold stays cost, in the house's currency."""

    stays: int
    nights: int
    revenue: Decimal
    currency: str
    cancelled: int
    no_shows: int
    last_departure: date | None


@dataclass(frozen=True, slots=True)
class GuestSummary:
    """A profile with its stays, the latest first, and those who may be the same person."""

    guest: Guest
    figures: GuestFigures
    stays: Sequence[Booking]
    duplicates: Sequence[Guest]


def bookings_without_guest(*, limit: int) -> list[Booking]:
    """Sold stays that have a name and no profile yet, the oldest first. One query."""
    rows = Booking.objects.filter(guest__isnull=True, confirmed_at__isnull=False).exclude(guest_name="")
    return list(rows.order_by("pk")[:limit])


def guest_stays(*, guest_id: int) -> BookingQuerySet:
    """All stays of a guest with property, room type and plan, the latest first."""
    return Booking.objects.with_summary().filter(guest_id=guest_id).order_by("-arrival", "-pk")


def guest_figures(guest: Guest) -> GuestFigures:
    """What a guest's stays add up to. One query."""
    sold = Q(status__in=SOLD_STATUSES)
    found = Booking.objects.filter(guest_id=guest.pk).aggregate(
        stays=Count("pk", filter=sold),
        nights=Sum(_ROOM_NIGHTS, filter=sold, default=timedelta(0)),
        revenue=Sum("total", filter=sold, default=Decimal(0)),
        cancelled=Count("pk", filter=Q(status=BookingStatus.CANCELLED)),
        no_shows=Count("pk", filter=Q(status=BookingStatus.NO_SHOW)),
        last=Max("departure", filter=Q(status=BookingStatus.CHECKED_OUT)),
    )
    return GuestFigures(
        stays=found["stays"],
        nights=found["nights"].days,
        revenue=found["revenue"],
        currency=guest.property.currency,
        cancelled=found["cancelled"],
        no_shows=found["no_shows"],
        last_departure=found["last"],
    )


def guest_duplicates(guest: Guest) -> list[Guest]:
    """Living profiles of the house with the same name or phone, at most 10. One query."""
    same = Q(lower_name=guest.name.lower())
    if guest.phone:
        same |= Q(phone=guest.phone)
    rows = Guest.objects.filter(property_id=guest.property_id, merged_into__isnull=True).exclude(pk=guest.pk)
    return list(rows.alias(lower_name=Lower("name")).filter(same).order_by("name", "pk")[:DUPLICATES_SHOWN])


def guest_merges(guest: Guest) -> list[GuestMerge]:
    """Merges into this profile that stand, the newest first. One query."""
    rows = GuestMerge.objects.filter(kept_id=guest.pk, undone_at__isnull=True)
    return list(rows.select_related("merged", "merged_by").order_by("-pk"))


def guest_merge_is_undone(*, guest: Guest, merge_id: int) -> bool:
    """Whether a merge into this profile was taken back. One query."""
    return GuestMerge.objects.filter(pk=merge_id, kept_id=guest.pk, undone_at__isnull=False).exists()


def guest_summary(guest: Guest) -> GuestSummary:
    """Everything a page shows of a guest. Three queries; the guest comes with its property."""
    return GuestSummary(
        guest=guest,
        figures=guest_figures(guest),
        stays=list(guest_stays(guest_id=guest.pk)[:STAYS_SHOWN]),
        duplicates=guest_duplicates(guest),
    )

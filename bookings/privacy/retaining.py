"""How long guests are kept after their stays. What is open or not settled waits."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.privacy.retention import retention
from bookings.models import Booking, BookingChange, BookingNote, RoomAssignment, SpaceBooking
from bookings.services.archiving import HAS_GUEST, OVER
from bookings.space_transitions import SpaceBookingStatus
from payments.selectors import folio_balances

SPACES_OVER = (
    SpaceBookingStatus.COMPLETED,
    SpaceBookingStatus.CANCELLED,
    SpaceBookingStatus.DECLINED,
    SpaceBookingStatus.EXPIRED,
    SpaceBookingStatus.NO_SHOW,
)


def _settled(folio_ids: dict[Any, int | None]) -> list[Any]:
    """Of rows with their folios those that nobody owes anything on."""
    balances = folio_balances(folio_ids=[one for one in folio_ids.values() if one is not None])
    return [key for key, folio_id in folio_ids.items() if folio_id is None or not balances[folio_id]]


def stays_chosen(keys: list[int]) -> dict[str, list[Any]]:
    """Stays that are settled, with what hangs on them."""
    rows = Booking.objects.filter(pk__in=keys).order_by().values_list("pk", "folio_id")
    settled = _settled(dict(rows))

    def hanging(model: Any) -> list[Any]:
        return list(model.objects.filter(booking__in=settled).order_by().values_list("pk", flat=True))

    return {
        "bookings.booking": settled,
        "bookings.bookingnote": hanging(BookingNote),
        "bookings.bookingchange": hanging(BookingChange),
        "bookings.roomassignment": hanging(RoomAssignment),
    }


def spaces_chosen(keys: list[int]) -> dict[str, list[Any]]:
    """Bookings of spaces that are settled."""
    rows = SpaceBooking.objects.filter(pk__in=keys).order_by().values_list("pk", "folio_id")
    return {"bookings.spacebooking": _settled(dict(rows))}


retention(
    "stays",
    model="bookings.booking",
    title=_("the guest of a stay that is over and settled"),
    over=lambda before: Q(departure__lt=before.date(), status__in=OVER) & HAS_GUEST,
    choose=stays_chosen,
    house="property",
)
retention(
    "spaces",
    model="bookings.spacebooking",
    title=_("the guest of a space's booking that is over and settled"),
    over=lambda before: Q(end__lt=before, status__in=SPACES_OVER) & ~Q(guest_name=""),
    choose=spaces_chosen,
    house="property",
)
retention(
    "profiles",
    model="bookings.guest",
    title=_("a guest's profile without any stay"),
    over=lambda before: Q(
        updated_at__lt=before, bookings__isnull=True, merged_into__isnull=True, merged__isnull=True
    ),
    house="property",
)
retention(
    "registrations",
    title=_("registration cards, after the departure"),
    job="bookings.registrations_forget",
    setting="REGISTRATION_KEEP_DAYS",
)

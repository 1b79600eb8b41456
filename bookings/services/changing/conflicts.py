"""Two people change one booking: the second is told what the first has made of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bookings.exceptions import VersionConflict
from bookings.models import Booking, BookingChange, ChangeStatus
from core.exceptions import Difference


def version_check(booking: Booking, *, expected: int | None) -> None:
    """Refuse to overwrite what somebody else has changed. One query if so. Raises `VersionConflict`."""
    if expected is None or booking.version == expected:
        return
    raise VersionConflict(changes=_changes(booking))


def _changes(booking: Booking) -> list[Difference]:
    """The last change that was made, field by field; the stay as it is without one."""
    last = (
        BookingChange.objects.filter(booking=booking, status=ChangeStatus.DONE)
        .select_related("actor")
        .order_by("-decided_at", "-pk")
        .first()
    )
    by = str(last.actor) if last and last.actor else (_("the guest") if last and not last.is_by_staff else "")
    at = last.decided_at if last else booking.updated_at
    theirs = [
        (_("Status"), booking.get_status_display()),
        (_("Arrival"), booking.arrival.isoformat()),
        (_("Departure"), booking.departure.isoformat()),
        (_("Room type"), booking.room_type.name),
        (_("Rate plan"), booking.rate_plan.name),
        (_("Rooms"), str(booking.rooms)),
        (_("Adults"), str(booking.adults)),
        (_("Total"), f"{booking.total} {booking.currency}"),
    ]
    return [Difference(label=label, theirs=value, by=by, at=at) for label, value in theirs]

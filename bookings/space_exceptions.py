"""What bookings of spaces refuse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, NotFound, ValidationFailed, register_constraint

from .exceptions import BookingError, ReferenceTaken

if TYPE_CHECKING:
    from decimal import Decimal

    from inventory.hourly import Period


class SpaceBookingNotFound(BookingError, NotFound):
    """It does not exist, or is not the asker's to see: both look alike (404)."""

    code = "space_booking_not_found"
    message = _("We could not find this booking.")


class SpaceTaken(BookingError, Conflict):
    """Somebody else has the space at that time (409). ``data["taken"]`` names the times, not the people."""

    code = "space_taken"
    message = _("This time is taken.")

    @classmethod
    def at_times(cls, periods: Iterable[Period]) -> SpaceTaken:
        return cls(
            data={
                "taken": [
                    {"start": period.start.isoformat(), "end": period.end.isoformat()} for period in periods
                ]
            }
        )


class SpaceTimeInvalid(BookingError, ValidationFailed):
    """The space cannot be booked like this (422); the code says why."""

    code = "space_time_invalid"
    message = _("The space cannot be booked for this time.")


class SeriesInvalid(BookingError, ValidationFailed):
    """The rule of a series cannot be read, or gives too little or too much (422)."""

    code = "series_invalid"
    message = _("This repetition cannot be read.")


class SeriesConflicts(BookingError, Conflict):
    """Some occurrences cannot be booked, and nobody said to leave them out (409). ``data["conflicts"]`` has them."""

    code = "series_conflicts"
    message = _("Some of these times cannot be booked. Leave them out, or choose others.")


class SpacePriceChanged(BookingError, Conflict):
    """It costs something else than was shown (409). ``data`` has the total now."""

    code = "price_changed"
    message = _("The price has changed. Please check the new price.")

    @classmethod
    def to(cls, total: Decimal, currency: str) -> SpacePriceChanged:
        return cls(data={"total": {"amount": str(total), "currency": currency}})


class ChangeTooLate(BookingError, Conflict):
    """The free time is over: it can only be cancelled, at a fee (409)."""

    code = "change_too_late"
    message = _("It is too late to change the time. It can still be cancelled.")


class ChangeNeedsApproval(BookingError, Conflict):
    """The house has agreed to this time and to no other (409)."""

    code = "change_needs_approval"
    message = _("The house has agreed to this time. For another one, cancel and ask again.")


class StayNotFitting(BookingError, ValidationFailed):
    """It cannot go on the bill of this stay (422)."""

    code = "stay_not_fitting"
    message = _("It cannot go on the bill of this stay.")


class CheckInNotYet(BookingError, Conflict):
    """Too early, or over (409). ``data`` has from when and until when."""

    code = "check_in_not_now"
    message = _("You can check in from 15 minutes before the start until the end.")

    @classmethod
    def between(cls, first: datetime, last: datetime) -> CheckInNotYet:
        return cls(data={"from": first.isoformat(), "until": last.isoformat()})


class ReasonRequired(BookingError, ValidationFailed):
    """Whoever asked is told why (422)."""

    code = "reason_required"
    message = _("Please give a reason: the guest reads it.")


def time_invalid(
    code: str, message: str | Promise, *, field: str = "start", **data: object
) -> SpaceTimeInvalid:
    """A refusal of a time with its code and sentence."""
    return SpaceTimeInvalid(message, code=code, field=field, data=dict(data))


register_constraint("space_booking_no_overlap", SpaceTaken)
register_constraint("bookings_spacebooking_reference_key", ReferenceTaken)
register_constraint("bookings_spaceseries_reference_key", ReferenceTaken)

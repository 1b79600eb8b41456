"""What is wrong with a guest, or with two that should be one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, ValidationFailed, register_constraint

from .base import BookingError


class GuestRequired(BookingError, ValidationFailed):
    """Nobody knows yet who comes (422)."""

    code = "guest_required"
    message = _("Please tell us first who is coming.")


class GuestInvalid(BookingError, ValidationFailed):
    """A detail of the guest is not valid (422); ``field`` names it."""

    code = "guest_invalid"


class GuestsNotMergeable(BookingError, Conflict):
    """Two profiles that are not two living ones of one house, or a merge that was undone (409)."""

    code = "guests_not_mergeable"
    message = _("These two guests cannot be merged, or are not merged any more.")


class GuestEmailTaken(BookingError, Conflict):
    """Another profile of the house has the address (409); merging the two is the way."""

    code = "guest_email_taken"
    message = _("Another guest of this house has this address. Merge the two.")


register_constraint("guest_email_once", GuestEmailTaken)

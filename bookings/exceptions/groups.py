"""What groups and their blocks refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, NotFound, ValidationFailed, register_constraint

from .base import BookingError


class GroupNotFound(BookingError, NotFound):
    """There is no such group (404)."""

    code = "group_not_found"


class GroupClosed(BookingError, Conflict):
    """The group keeps no rooms any more: it was released or cancelled (409)."""

    code = "group_closed"
    message = _("This group keeps no rooms any more.")


class GroupNotDue(BookingError, Conflict):
    """The release date has not come (409)."""

    code = "group_not_due"
    message = _("The release date of this group has not come.")


class GroupBelowPickedUp(BookingError, Conflict):
    """Fewer rooms than are picked up (409). ``data`` names the nights."""

    code = "group_below_picked_up"
    message = _("On some nights more rooms are picked up already.")


class RoomingListWrong(BookingError, ValidationFailed):
    """The list has errors, and nothing of it was booked (422). ``data["lines"]`` names them."""

    code = "rooming_list_wrong"
    message = _("Nothing was booked: please correct the lines that are marked.")


register_constraint("group_block_not_below_picked_up", GroupBelowPickedUp)

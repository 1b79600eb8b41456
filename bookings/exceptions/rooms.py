"""Why a room cannot be given to a stay."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, ValidationFailed, register_constraint

from .base import BookingError


class NoRoomFree(BookingError, Conflict):
    """No room of the booked type is free on all nights (409). ``data`` has the index of the booking's room."""

    code = "no_room_free"
    message = _("No room of this type is free on all of these nights. Please choose one by hand.")


class RoomOccupied(BookingError, Conflict):
    """Somebody else has the room on some of the nights (409). ``data["stays"]`` names who and when, where known."""

    code = "room_occupied"
    message = _("This room has another guest on some of these nights.")


class RoomClosed(BookingError, Conflict):
    """The room is out of order on some of the nights (409). ``data`` has start, end and reason, where known."""

    code = "room_closed"
    message = _("This room is out of order on some of these nights.")


class RoomTooSmall(BookingError, Conflict):
    """The party does not fit into the room (409). ``data`` has the most guests."""

    code = "room_too_small"
    message = _("The party does not fit into this room.")


class RoomNotForStay(BookingError, Conflict):
    """The room is of another house, not in use, or the nights are none of the stay (409)."""

    code = "room_not_for_stay"
    message = _("This room cannot be given to this stay.")


class UpgradeNeedsReason(BookingError, ValidationFailed):
    """A room of another type is given with a reason only (422)."""

    code = "upgrade_needs_reason"
    message = _("This room is of another type. Please say why it is given.")


class AssignmentNotAllowed(BookingError, Conflict):
    """Only who is expected or in the house has a room (409). ``data`` has the booking's status."""

    code = "assignment_not_allowed"
    message = _("Rooms are given to confirmed bookings and to guests in the house.")


register_constraint("assignment_room_once", RoomOccupied)
register_constraint("assignment_guest_once", RoomOccupied)
register_constraint("assignment_room_not_closed", RoomClosed)
register_constraint("assignment_within_stay", RoomNotForStay)

"""The life of a booking of a space: the one table of allowed transitions.

The services read it, and the database refuses everything else by a trigger made from it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SpaceBookingStatus(models.TextChoices):
    REQUESTED = "requested", _("requested")
    HELD = "held", _("held")
    APPROVED = "approved", _("approved")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")
    CHECKED_IN = "checked_in", _("checked in")
    COMPLETED = "completed", _("completed")
    NO_SHOW = "no_show", _("no-show")


_S = SpaceBookingStatus

SPACE_TRANSITIONS: tuple[tuple[SpaceBookingStatus, SpaceBookingStatus], ...] = (
    (_S.REQUESTED, _S.APPROVED),
    (_S.REQUESTED, _S.DECLINED),
    (_S.REQUESTED, _S.EXPIRED),
    (_S.REQUESTED, _S.CANCELLED),
    (_S.HELD, _S.CONFIRMED),
    (_S.HELD, _S.EXPIRED),
    (_S.HELD, _S.CANCELLED),
    (_S.APPROVED, _S.CONFIRMED),  # what was due has been paid
    (_S.APPROVED, _S.EXPIRED),  # approved, and not paid in time
    (_S.APPROVED, _S.CANCELLED),
    (_S.APPROVED, _S.CHECKED_IN),
    (_S.APPROVED, _S.NO_SHOW),
    (_S.APPROVED, _S.COMPLETED),  # over, where nobody has to check in
    (_S.CONFIRMED, _S.CANCELLED),
    (_S.CONFIRMED, _S.CHECKED_IN),
    (_S.CONFIRMED, _S.NO_SHOW),
    (_S.CONFIRMED, _S.COMPLETED),
    (_S.CHECKED_IN, _S.CONFIRMED),  # checked in by mistake
    (_S.CHECKED_IN, _S.COMPLETED),
    (_S.EXPIRED, _S.CONFIRMED),  # a late payment that got the time again
    (_S.NO_SHOW, _S.CHECKED_IN),  # came after all, and the time is still free
)

OCCUPYING_STATUSES = (_S.REQUESTED, _S.HELD, _S.APPROVED, _S.CONFIRMED, _S.CHECKED_IN, _S.COMPLETED)
"""Take the time of the space: no two of them overlap, by a constraint of the database."""

AGREED_STATUSES = (_S.APPROVED, _S.CONFIRMED)
"""It takes place, and has not begun."""

OPEN_STATUSES = (_S.REQUESTED, _S.HELD, _S.APPROVED, _S.CONFIRMED)
"""May still be changed or cancelled."""


def space_transition_allowed(*, source: str, target: str) -> bool:
    """Whether a booking of a space may go from one status to another in one step."""
    return (source, target) in SPACE_TRANSITIONS

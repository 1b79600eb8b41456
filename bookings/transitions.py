"""The life of a booking: the one table of allowed transitions.

The services read it, and the database refuses everything else by a trigger made from it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BookingStatus(models.TextChoices):
    HELD = "held", _("held")
    CONFIRMED = "confirmed", _("confirmed")
    CHECKED_IN = "checked_in", _("checked in")
    CHECKED_OUT = "checked_out", _("checked out")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")
    NO_SHOW = "no_show", _("no-show")


_S = BookingStatus

TRANSITIONS: tuple[tuple[BookingStatus, BookingStatus], ...] = (
    (_S.HELD, _S.CONFIRMED),
    (_S.HELD, _S.EXPIRED),
    (_S.HELD, _S.CANCELLED),
    (_S.EXPIRED, _S.CONFIRMED),  # a late payment that got the rooms again
    (_S.CONFIRMED, _S.CHECKED_IN),
    (_S.CONFIRMED, _S.CANCELLED),
    (_S.CONFIRMED, _S.NO_SHOW),
    (_S.CHECKED_IN, _S.CHECKED_OUT),
    (_S.CHECKED_IN, _S.CONFIRMED),  # checked in by mistake
    (_S.CHECKED_OUT, _S.CHECKED_IN),  # checked out by mistake
    (_S.NO_SHOW, _S.CHECKED_IN),  # came after all
    (_S.NO_SHOW, _S.CONFIRMED),  # marked as not come by mistake
)

HOLDING_STATUSES = (_S.HELD,)
"""Count as ``held`` in the inventory."""

SOLD_STATUSES = (_S.CONFIRMED, _S.CHECKED_IN, _S.CHECKED_OUT)
"""Count as ``sold`` in the inventory."""


ROOMED_STATUSES = (_S.CONFIRMED, _S.CHECKED_IN, _S.CHECKED_OUT)
"""May have physical rooms: those who are expected, in the house, or gone after their stay."""

ASSIGNABLE_STATUSES = (_S.CONFIRMED, _S.CHECKED_IN)
"""May be given a physical room now."""


def transition_allowed(*, source: str, target: str) -> bool:
    """Whether a booking may go from one status to another in one step."""
    return (source, target) in TRANSITIONS

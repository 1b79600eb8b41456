"""Which physical room a stay has, night by night."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel
from inventory.models.closures import date_span, whole_range

_FITS = """
IF NOT EXISTS (
    SELECT 1
      FROM bookings_booking booking
      JOIN inventory_room room ON room.id = NEW.room_id AND room.property_id = booking.property_id
     WHERE booking.id = NEW.booking_id
       AND NEW.room_index <= booking.rooms
       AND NEW.start >= booking.arrival AND NEW."end" <= booking.departure
) THEN
    RAISE EXCEPTION 'a room is given for nights of the stay, in its own house'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'assignment_within_stay';
END IF;
IF EXISTS (
    SELECT 1 FROM inventory_roomclosure closure
     WHERE closure.room_id = NEW.room_id AND closure.kind = 'out_of_order'
       AND closure.start < NEW."end" AND closure."end" > NEW.start
) THEN
    RAISE EXCEPTION 'the room is out of order'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'assignment_room_not_closed';
END IF;
RETURN NEW;
"""


@audited(property_path="booking__property", parent="booking", named_with=["room"])
class RoomAssignment(TimeStampedModel):
    """The room of one of a booking's rooms on the nights ``[start, end)``.

    A guest who moves during the stay has several, one after the other. Neither a room nor a guest is ever in two
    places: the database excludes both. A room of another type than the booked one is an upgrade: it has a ``reason``,
    and a block takes the room from its own type's sale as long as the guest has it.
    """

    booking = models.ForeignKey(
        "bookings.Booking",
        models.CASCADE,
        related_name="assignments",
        db_index=False,
        verbose_name=_("booking"),
    )
    room_index = models.PositiveSmallIntegerField(
        _("room of the booking"), default=1, help_text=_("1 is the first room of the booking.")
    )
    room = models.ForeignKey(
        "inventory.Room", models.PROTECT, related_name="assignments", db_index=False, verbose_name=_("room")
    )
    start = models.DateField(_("first night"))
    end = models.DateField(_("end"), help_text=_("The day on which the guest leaves this room."))
    is_automatic = models.BooleanField(
        _("assigned automatically"), default=False, help_text=_("Another automatic run may change it.")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    block = models.OneToOneField(
        "inventory.InventoryBlock",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="assignment",
        verbose_name=_("inventory block"),
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("assigned by"),
    )

    class Meta:
        verbose_name = _("room assignment")
        verbose_name_plural = _("room assignments")
        ordering = ("booking", "room_index", "start")
        constraints = (
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="assignment_dates_ordered"),
            models.CheckConstraint(condition=Q(room_index__gte=1), name="assignment_room_index_positive"),
            # Its index also serves assignments_between: who has some rooms in a period.
            ExclusionConstraint(
                name="assignment_room_once",
                expressions=(
                    (whole_range("room"), RangeOperators.OVERLAPS),
                    (date_span("start", "end"), RangeOperators.OVERLAPS),
                ),
                violation_error_message=_("This room has another guest on some of these nights."),
            ),
            # Its index also serves assignments_of: the rooms of some bookings.
            ExclusionConstraint(
                name="assignment_guest_once",
                expressions=(
                    (whole_range("booking"), RangeOperators.OVERLAPS),
                    (whole_range("room_index"), RangeOperators.OVERLAPS),
                    (date_span("start", "end"), RangeOperators.OVERLAPS),
                ),
                violation_error_message=_("This guest has another room on some of these nights."),
            ),
        )
        indexes = (
            # assignments_of, assignments_follow: the rooms of one booking, in order
            models.Index(fields=("booking", "room_index", "start"), name="assignment_booking"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="assignment_fits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("booking_id", "room_index", "room_id", "start", "end"),
                func=_FITS,
            ),
        )

    def __str__(self) -> str:
        return f"{self.room} {self.start:%Y-%m-%d}-{self.end:%Y-%m-%d}"

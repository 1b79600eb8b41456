"""Times in which a room is not as it should be: out of order (not sold) or out of service (sold, with care)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.fields import BigIntegerField
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel

from .rooms import Room


class ClosureKind(models.TextChoices):
    OUT_OF_ORDER = "out_of_order", _("out of order")
    OUT_OF_SERVICE = "out_of_service", _("out of service")


def whole_range(column: str) -> Func:
    """A whole number as a range of itself, which a GiST index compares without an extension."""
    return Func(
        F(column), F(column), models.Value("[]"), function="int8range", output_field=BigIntegerField()
    )


def date_span(start: str, end: str) -> Func:
    """The half-open range between two date columns."""
    return Func(F(start), F(end), function="daterange", output_field=DateRangeField())


@audited(property_path="room__property", parent="room", named_with=["room"])
class RoomClosure(TimeStampedModel):
    """A room closed on the nights ``[start, end)``.

    Out of order takes it from sale, by a block of the nightly inventory that lives and dies with the closure. Out of
    service does not: the room is given to guests last, and whoever gives it is warned.
    """

    room = models.ForeignKey(
        Room, models.PROTECT, related_name="closures", db_index=False, verbose_name=_("room")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ClosureKind, default=ClosureKind.OUT_OF_ORDER)
    start = models.DateField(_("first night"))
    end = models.DateField(_("end"), help_text=_("The first night that is sold again."))
    reason = models.CharField(_("reason"), max_length=200)
    block = models.OneToOneField(
        "inventory.InventoryBlock",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="closure",
        verbose_name=_("inventory block"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )

    class Meta:
        verbose_name = _("closure of a room")
        verbose_name_plural = _("closures of rooms")
        ordering = ("-start", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="closure_dates_ordered",
                violation_error_message=_("The end must be after the first night."),
            ),
            models.CheckConstraint(condition=Q(kind__in=ClosureKind.values), name="closure_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="out_of_order", block__isnull=False)
                | Q(kind="out_of_service", block__isnull=True),
                name="closure_out_of_order_blocks",
            ),
            # Its index also serves closures_between: the closures of some rooms in a period.
            ExclusionConstraint(
                name="closure_room_once",
                expressions=(
                    (whole_range("room"), RangeOperators.OVERLAPS),
                    (date_span("start", "end"), RangeOperators.OVERLAPS),
                ),
                violation_error_message=_("This room is closed on some of these nights already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.room} {self.start:%Y-%m-%d}-{self.end:%Y-%m-%d}"

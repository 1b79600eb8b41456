"""Nightly inventory: the only truth of what may be sold."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audit import audited
from core.models import TimeStampedModel
from inventory.querysets import RoomInventoryQuerySet

from .properties import RoomType


@audited(
    property_path="room_type__property",
    parent="room_type",
    only=["total", "blocked"],
    together="date",
    keys=["room_type_id"],
)
class RoomInventory(models.Model):
    """Rooms of one room type on one stay date (night): ``available = total - held - sold - blocked``."""

    room_type = models.ForeignKey(
        RoomType, models.PROTECT, related_name="inventory", db_index=False, verbose_name=_("room type")
    )
    date = models.DateField(_("stay date"))
    total = models.PositiveIntegerField(_("total"))
    held = models.PositiveIntegerField(_("held"), default=0)
    sold = models.PositiveIntegerField(_("sold"), default=0)
    blocked = models.PositiveIntegerField(_("blocked"), default=0)
    available = models.GeneratedField(
        expression=F("total") - F("held") - F("sold") - F("blocked"),
        output_field=models.IntegerField(_("available")),
        db_persist=True,
        verbose_name=_("available"),
    )

    objects = RoomInventoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("nightly inventory")
        verbose_name_plural = _("nightly inventory")
        ordering = ("room_type", "date")
        constraints = (
            # Its index also serves every lookup and lock of a stay, in (room type, date) order.
            models.UniqueConstraint(fields=("room_type", "date"), name="inventory_room_type_date_unique"),
            models.CheckConstraint(condition=Q(available__gte=0), name="inventory_available_not_negative"),
        )
        indexes = (
            # search across many properties: one range of dates, every room type
            models.Index(fields=("date", "room_type"), name="inventory_date_type"),
        )

    def __str__(self) -> str:
        return f"{self.room_type_id} {self.date:%Y-%m-%d}: {self.available}/{self.total}"


class BlockKind(models.TextChoices):
    STAFF = "staff", pgettext_lazy("block", "by staff")
    CALENDAR = "calendar", pgettext_lazy("block", "by an outside calendar")
    CLOSURE = "closure", pgettext_lazy("block", "room out of order")
    UPGRADE = "upgrade", pgettext_lazy("block", "guest of another room type")


@audited(property_path="room_type__property", parent="room_type", named_with=["room_type"])
class InventoryBlock(TimeStampedModel):
    """Rooms taken out of sale for the nights ``[start, end)``; kept in ``RoomInventory.blocked`` by services.

    Those of outside calendars belong to an event and follow it; ``event`` is empty once the event is gone and the
    nights are over.
    """

    room_type = models.ForeignKey(
        RoomType, models.PROTECT, related_name="blocks", db_index=False, verbose_name=_("room type")
    )
    start = models.DateField(_("first night"))
    end = models.DateField(_("end"), help_text=_("The first night that is sold again."))
    rooms = models.PositiveIntegerField(_("rooms"), default=1)
    reason = models.CharField(_("reason"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=10, choices=BlockKind, default=BlockKind.STAFF, editable=False
    )
    event = models.ForeignKey(
        "inventory.ExternalEvent",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="blocks",
        verbose_name=_("imported event"),
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
        verbose_name = _("inventory block")
        verbose_name_plural = _("inventory blocks")
        ordering = ("-start", "id")
        indexes = (models.Index(fields=("room_type", "start", "end"), name="block_room_type_dates"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="block_dates_ordered",
                violation_error_message=_("The end must be after the first night."),
            ),
            models.CheckConstraint(condition=Q(rooms__gte=1), name="block_rooms_positive"),
            models.CheckConstraint(condition=Q(kind__in=BlockKind.values), name="block_kind_known"),
            models.CheckConstraint(
                condition=Q(event__isnull=True) | Q(kind="calendar"), name="block_event_is_of_calendar"
            ),
        )

    def __str__(self) -> str:
        return f"{self.room_type} {self.start:%Y-%m-%d}-{self.end:%Y-%m-%d} x{self.rooms}"

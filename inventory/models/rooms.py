"""The rooms that guests sleep in, what is special about each, and how far its cleaning is."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audit import audited

from .properties import Property, RoomType


class RoomFeature(models.TextChoices):
    """What a room has and a guest may wish for."""

    HIGH_FLOOR = "high_floor", _("high floor")
    LOW_FLOOR = "low_floor", _("low floor")
    QUIET = "quiet", _("quiet")
    NEAR_LIFT = "near_lift", _("near the lift")
    AWAY_FROM_LIFT = "away_from_lift", _("away from the lift")
    ACCESSIBLE = "accessible", _("accessible by wheelchair")
    TWIN_BEDS = "twin_beds", _("two beds")
    DOUBLE_BED = "double_bed", _("one large bed")
    BATHTUB = "bathtub", _("bathtub")
    SHOWER = "shower", _("walk-in shower")
    BALCONY = "balcony", _("balcony")
    VIEW = "view", _("view")
    CONNECTING = "connecting", _("connecting door")
    PETS = "pets", _("pets allowed")


class Housekeeping(models.TextChoices):
    """How far the cleaning of a room is. A room that may not be used at all is closed (`RoomClosure`)."""

    DIRTY = "dirty", pgettext_lazy("room", "dirty")
    CLEAN = "clean", pgettext_lazy("room", "clean")
    INSPECTED = "inspected", pgettext_lazy("room", "inspected")


@audited(property_path="property")
class Room(models.Model):
    """One physical room."""

    property = models.ForeignKey(
        Property,
        models.PROTECT,
        related_name="rooms",
        editable=False,
        db_index=False,
        verbose_name=_("property"),
    )
    room_type = models.ForeignKey(RoomType, models.PROTECT, related_name="rooms", verbose_name=_("room type"))
    number = models.CharField(_("number"), max_length=20)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    features = ArrayField(
        models.CharField(max_length=20, choices=RoomFeature),
        default=list,
        db_default=[],
        blank=True,
        verbose_name=_("features"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    housekeeping = models.CharField(
        _("housekeeping"),
        max_length=10,
        choices=Housekeeping,
        default=Housekeeping.CLEAN,
        db_default=Housekeeping.CLEAN,
        editable=False,
    )
    housekeeping_at = models.DateTimeField(_("marked at"), null=True, blank=True, editable=False)
    housekeeping_note = models.CharField(
        _("note for housekeeping"), max_length=200, blank=True, db_default="", editable=False
    )

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("property", "number")
        constraints = (
            models.UniqueConstraint(fields=("property", "number"), name="room_number_unique"),
            models.CheckConstraint(
                condition=Q(housekeeping__in=Housekeeping.values), name="room_housekeeping_known"
            ),
        )

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.property_id = self.room_type.property_id
        super().save(*args, **kwargs)

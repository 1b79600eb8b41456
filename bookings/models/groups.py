"""Groups: rooms kept together for many guests until a day on which what nobody took goes back on sale."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField


class GroupStatus(models.TextChoices):
    TENTATIVE = "tentative", pgettext_lazy("group", "tentative")
    DEFINITE = "definite", pgettext_lazy("group", "definite")
    RELEASED = "released", pgettext_lazy("group", "released")
    CANCELLED = "cancelled", pgettext_lazy("group", "cancelled")


OPEN_GROUP_STATUSES = (GroupStatus.TENTATIVE, GroupStatus.DEFINITE)
"""Keep rooms from sale."""


@audited(property_path="property")
class Group(TimeStampedModel):
    """Who comes together, from when to when, at which price, and until when their rooms are kept.

    Rooms that nobody has picked up return by themselves at ``release_time`` of ``release_date`` on the property's
    clock. With ``shared_folio`` rooms and taxes are charged to the group's ``folio``, extras to the guests'.
    """

    property = models.ForeignKey(
        "inventory.Property",
        models.PROTECT,
        related_name="groups",
        db_index=False,
        verbose_name=_("property"),
    )
    name = models.CharField(_("name"), max_length=120)
    company = models.CharField(_("company"), max_length=150, blank=True)
    company_address = models.TextField(_("address of the company"), blank=True, max_length=500)
    vat_number = models.CharField(_("VAT number of the company"), max_length=40, blank=True)
    contact_name = models.CharField(_("contact"), max_length=150, blank=True)
    contact_email = models.EmailField(_("e-mail address of the contact"), blank=True)
    contact_phone = PhoneNumberField(_("phone of the contact"), blank=True)
    arrival = models.DateField(_("arrival"))
    departure = models.DateField(_("departure"))
    status = models.CharField(_("status"), max_length=12, choices=GroupStatus, default=GroupStatus.TENTATIVE)
    release_date = models.DateField(_("release date"), help_text=_("Rooms nobody took go back on sale."))
    release_time = models.TimeField(_("release time"), default=datetime.time(18))
    rate_plan = models.ForeignKey(
        "inventory.RatePlan", models.PROTECT, related_name="groups", verbose_name=_("rate plan")
    )
    shared_folio = models.BooleanField(
        _("shared folio"),
        default=False,
        help_text=_("Rooms and taxes go to the group's folio, extras to the guests'."),
    )
    folio = models.OneToOneField(
        "payments.Folio",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="group",
        verbose_name=_("folio of the group"),
    )
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    version = models.PositiveIntegerField(default=0, editable=False)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("created by"),
    )

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ("-arrival", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(departure__gt=F("arrival")),
                name="group_dates_ordered",
                violation_error_message=_("The departure must be after the arrival."),
            ),
            models.CheckConstraint(condition=Q(status__in=GroupStatus.values), name="group_status_known"),
            models.CheckConstraint(
                condition=Q(shared_folio=False) | Q(folio__isnull=False), name="group_shared_folio_exists"
            ),
        )
        indexes = (
            # groups_due: whose rooms return now
            models.Index(
                fields=("release_date",),
                name="group_release",
                condition=Q(status__in=("tentative", "definite")),
            ),
            # groups_list: a property's groups by arrival
            models.Index(fields=("property", "arrival"), name="group_property_arrival"),
        )

    def __str__(self) -> str:
        return self.name


@audited(property_path="group__property", parent="group", together="date", keys=["group_id", "room_type_id"])
class GroupBlock(models.Model):
    """Rooms of one type kept for a group on one night: ``rooms`` agreed, some picked up, some given back.

    ``rooms - picked_up - released`` of them are out of sale, in ``RoomInventory.blocked``. The night's inventory row is
    the lock of this row too.
    """

    group = models.ForeignKey(
        Group, models.PROTECT, related_name="blocks", db_index=False, verbose_name=_("group")
    )
    room_type = models.ForeignKey(
        "inventory.RoomType",
        models.PROTECT,
        related_name="group_blocks",
        db_index=False,
        verbose_name=_("room type"),
    )
    date = models.DateField(_("night"))
    rooms = models.PositiveIntegerField(_("rooms"))
    picked_up = models.PositiveIntegerField(_("picked up"), default=0)
    released = models.PositiveIntegerField(_("given back"), default=0)
    price = MoneyField(
        _("price"),
        null=True,
        blank=True,
        help_text=_("For one room and night; empty: as the rate plan says."),
    )

    class Meta:
        verbose_name = _("rooms of a group")
        verbose_name_plural = _("rooms of groups")
        ordering = ("group", "room_type", "date")
        constraints = (
            models.UniqueConstraint(fields=("group", "room_type", "date"), name="group_block_once"),
            models.CheckConstraint(
                condition=Q(rooms__gte=F("picked_up") + F("released")), name="group_block_not_below_picked_up"
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0), name="group_block_price_not_negative"
            ),
        )
        indexes = (
            # the key of the room type, and the nights of a room type that groups keep
            models.Index(fields=("room_type", "date"), name="group_block_type_date"),
        )

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}: {self.picked_up}/{self.rooms}"

    @property
    def left(self) -> int:
        """Rooms that are still kept."""
        return self.rooms - self.picked_up - self.released

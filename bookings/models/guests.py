"""Guests as a house knows them: one profile for all stays of a person, and which profiles were found to be one."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from core.audit import audited
from core.models import TimeStampedModel
from inventory.models import RoomFeature


@audited(property_path="property")
class Guest(TimeStampedModel):
    """Somebody who stays at a property. Each house keeps its own profiles; stays point to them.

    A profile that was merged stays, empty of stays, and names the one that goes on (`GuestMerge` can be undone).
    """

    property = models.ForeignKey(
        "inventory.Property",
        models.PROTECT,
        related_name="guests",
        db_index=False,
        verbose_name=_("property"),
    )
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    wishes = ArrayField(
        models.CharField(max_length=20, choices=RoomFeature),
        default=list,
        blank=True,
        verbose_name=_("wishes"),
        help_text=_("Rooms are assigned by them where possible."),
    )
    is_vip = models.BooleanField(_("VIP"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        ordering = ("name", "id")
        constraints = (
            # guest_link: one living profile per address and house, also when two link at once
            models.UniqueConstraint(
                "property",
                Lower("email"),
                condition=Q(merged_into__isnull=True) & ~Q(email=""),
                name="guest_email_once",
                violation_error_message=_("Another guest of this house has this address. Merge the two."),
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="guest_not_merged_into_itself"),
        )
        indexes = (
            # guest_duplicates: the same name or phone in the same house
            models.Index("property", Lower("name"), name="guest_property_name"),
            models.Index(fields=("property", "phone"), name="guest_property_phone", condition=~Q(phone="")),
        )

    def __str__(self) -> str:
        return self.name


@audited(property_path="kept__property", parent="kept", exclude=["before"])
class GuestMerge(models.Model):
    """Which stays moved when one profile was merged into another, so that it can be undone."""

    kept = models.ForeignKey(Guest, models.PROTECT, related_name="merges", verbose_name=_("kept"))
    merged = models.ForeignKey(Guest, models.PROTECT, related_name="+", verbose_name=_("merged"))
    booking_ids = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("moved stays"))
    before = models.JSONField(
        _("before"), default=dict, help_text=_("What the kept profile said before, by field.")
    )
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("merged by")
    )
    merged_at = models.DateTimeField(_("merged at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("merge of guests")
        verbose_name_plural = _("merges of guests")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"

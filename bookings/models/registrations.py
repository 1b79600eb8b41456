"""The registration card: what the law wants to know of who sleeps in the house."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel

from .booking import Booking


class DocumentKind(models.TextChoices):
    PASSPORT = "passport", _("passport")
    IDENTITY_CARD = "identity_card", _("identity card")
    DRIVING_LICENCE = "driving_licence", _("driving licence")
    RESIDENCE_PERMIT = "residence_permit", _("residence permit")
    OTHER = "other", _("other")


@audited(
    property_path="booking__property",
    parent="booking",
    secrets=["name", "address", "nationality", "birth_date", "document_kind", "document_number"],
)
class Registration(TimeStampedModel):
    """One guest's registration for one stay, and nothing beyond what the law asks for.

    ``position`` 1 is the guest who books. It is kept until ``keep_until`` and then deleted by the clock; history tables
    never get a copy of it.
    """

    booking = models.ForeignKey(
        Booking, models.CASCADE, related_name="registrations", db_index=False, verbose_name=_("booking")
    )
    position = models.PositiveSmallIntegerField(_("guest"), default=1)
    name = models.CharField(_("name"), max_length=150)
    address = models.CharField(_("home address"), max_length=300, blank=True)
    nationality = models.CharField(
        _("nationality"), max_length=2, blank=True, help_text=_("ISO 3166-1 alpha-2")
    )
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    document_kind = models.CharField(_("document"), max_length=20, choices=DocumentKind, blank=True)
    document_number = models.CharField(_("document number"), max_length=40, blank=True)
    is_signed = models.BooleanField(
        _("signed"), default=False, help_text=_("The guest has signed the printed card.")
    )
    keep_until = models.DateField(_("kept until"), help_text=_("After this day it is deleted."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("written by"),
    )

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ("booking", "position")
        constraints = (
            models.UniqueConstraint(fields=("booking", "position"), name="registration_guest_once"),
            models.CheckConstraint(
                condition=Q(document_kind__in=(*DocumentKind.values, "")),
                name="registration_document_known",
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="registration_position_from_one"),
        )
        indexes = (
            # registrations_forget: what has been kept long enough
            models.Index(fields=("keep_until",), name="registration_keep_until"),
        )

    def __str__(self) -> str:
        return f"{self.booking_id} · {self.position}"

"""Bookings that belong together: several room types of a party, several houses on one journey."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel


@audited(secrets=["share_nonce", "calendar_nonce"])
class Trip(TimeStampedModel):
    """A guest's bookings under one name. Its account is theirs; without one, the trip's own token opens it.

    ``share_nonce`` and ``calendar_nonce`` are part of the secret in the two addresses that may be handed on; an empty
    one means that there is no such address, and a new one makes the old address worthless.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="trips",
        db_index=False,
        verbose_name=_("user"),
    )
    title = models.CharField(_("name"), max_length=100)
    notes = models.TextField(_("notes"), blank=True, max_length=2000)
    share_nonce = models.CharField(max_length=32, blank=True, editable=False)
    shares_prices = models.BooleanField(_("share prices"), default=False)
    shares_guests = models.BooleanField(_("share guests' names and references"), default=False)
    calendar_nonce = models.CharField(max_length=32, blank=True, editable=False)
    folio = models.OneToOneField(
        "payments.Folio",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="trip",
        verbose_name=_("collective folio"),
        help_text=_("Where payments for all bookings together pass through."),
    )

    class Meta:
        verbose_name = _("trip")
        verbose_name_plural = _("trips")
        ordering = ("-created_at", "-id")
        indexes = (
            # trips_of_user: a guest's trips, newest first
            models.Index(fields=("user", "-created_at"), name="trip_user_created"),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.reference})"

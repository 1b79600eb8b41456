"""What scheduled work has done already, so that it is done once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .booking import Booking


class NoticeKind(models.TextChoices):
    PRE_ARRIVAL = "pre_arrival", _("before the arrival")
    THANK_YOU = "thank_you", _("thank-you")


class BookingNotice(models.Model):
    """A mail that a booking gets once, by the calendar and not by a change of the booking."""

    booking = models.ForeignKey(
        Booking, models.CASCADE, related_name="notices", db_index=False, verbose_name=_("booking")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    class Meta:
        verbose_name = _("notice of a booking")
        verbose_name_plural = _("notices of bookings")
        constraints = (
            # Its index also finds the bookings that had none yet.
            models.UniqueConstraint(fields=("booking", "kind"), name="booking_notice_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="booking_notice_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.kind}"


class StaffDigest(models.Model):
    """The overview of a day that a property's staff were sent."""

    property = models.ForeignKey(
        "inventory.Property",
        models.CASCADE,
        related_name="digests",
        db_index=False,
        verbose_name=_("property"),
    )
    date = models.DateField(_("day"))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    class Meta:
        verbose_name = _("daily overview")
        verbose_name_plural = _("daily overviews")
        constraints = (models.UniqueConstraint(fields=("property", "date"), name="staff_digest_once"),)

    def __str__(self) -> str:
        return f"{self.property_id}: {self.date:%Y-%m-%d}"

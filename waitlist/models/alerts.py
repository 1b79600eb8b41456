"""Who wants to know when a stay gets cheaper, and what they were told."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audit import audited
from core.dates import StayDates
from core.models import TimeStampedModel
from core.money import MoneyField
from inventory.types import Party

DROP_PERCENT_MIN = 1
DROP_PERCENT_MAX = 90


class AlertStatus(models.TextChoices):
    PENDING = "pending", pgettext_lazy("price alert", "address not confirmed")
    ACTIVE = "active", pgettext_lazy("price alert", "active")
    ENDED = "ended", pgettext_lazy("price alert", "the arrival is over")


OPEN_STATUSES = (AlertStatus.PENDING, AlertStatus.ACTIVE)


@audited(property_path="property", exclude=["last_total", "checked_at", "is_armed", "reference_total"])
class PriceAlert(TimeStampedModel):
    """Somebody who watches the price of a stay: until it is ``target_total`` or less, or so many percent less.

    The stay's cheapest total counts that can be booked, over all rate plans. ``reference_total`` is what a drop is
    measured by: the price when the alert was set, later the last one that was told. ``checked_at`` is when it was last
    looked at.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    property = models.ForeignKey(
        "inventory.Property", models.PROTECT, related_name="price_alerts", verbose_name=_("property")
    )
    room_type = models.ForeignKey(
        "inventory.RoomType",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="price_alerts",
        verbose_name=_("room type"),
        help_text=_("Empty: any room type in which the guests fit."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="price_alerts",
        verbose_name=_("user"),
    )
    guest_name = models.CharField(_("guest's name"), max_length=150, blank=True)
    guest_email = models.EmailField(_("guest's e-mail address"))
    language = models.CharField(_("language"), max_length=10, default="en")
    arrival = models.DateField(_("arrival"))
    departure = models.DateField(_("departure"))
    rooms = models.PositiveSmallIntegerField(_("rooms"), default=1, validators=[MinValueValidator(1)])
    adults = models.PositiveSmallIntegerField(_("adults"))
    children_ages = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("children's ages")
    )
    currency = models.CharField(_("currency"), max_length=3)
    target_total = MoneyField(
        _("target price"), null=True, blank=True, help_text=_("Of the whole stay, that or less.")
    )
    drop_percent = models.PositiveSmallIntegerField(
        _("drop in percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(DROP_PERCENT_MIN), MaxValueValidator(DROP_PERCENT_MAX)],
    )
    status = models.CharField(_("status"), max_length=20, choices=AlertStatus, default=AlertStatus.PENDING)
    reference_total = MoneyField(_("price to compare with"), null=True, blank=True)
    is_armed = models.BooleanField(_("was above the target"), default=True)
    last_total = MoneyField(_("price at the last look"), null=True, blank=True)
    checked_at = models.DateTimeField(_("last looked at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("price alert")
        verbose_name_plural = _("price alerts")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(departure__gt=F("arrival")), name="price_alert_dates_ordered"),
            models.CheckConstraint(
                condition=Q(status__in=AlertStatus.values), name="price_alert_status_known"
            ),
            models.CheckConstraint(
                condition=Q(rooms__gte=1, adults__gte=F("rooms")), name="price_alert_adult_per_room"
            ),
            models.CheckConstraint(
                condition=Q(target_total__isnull=False, drop_percent__isnull=True, target_total__gt=0)
                | Q(
                    target_total__isnull=True,
                    drop_percent__gte=DROP_PERCENT_MIN,
                    drop_percent__lte=DROP_PERCENT_MAX,
                    reference_total__isnull=False,
                ),
                name="price_alert_target_or_drop",
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(confirmed_at__isnull=False), name="price_alert_confirmed"
            ),
            # one alert for each wish
            models.UniqueConstraint(
                Lower("guest_email"),
                "property",
                "arrival",
                "departure",
                "room_type",
                name="price_alert_once",
                nulls_distinct=False,
                condition=Q(status__in=("pending", "active")),
            ),
        )
        indexes = (
            # alerts_due: what a property's guests watch
            models.Index(
                fields=("property", "arrival"), name="price_alert_active", condition=Q(status="active")
            ),
            # alerts_prune: addresses that were never confirmed
            models.Index(fields=("created_at",), name="price_alert_pending", condition=Q(status="pending")),
        )

    def __str__(self) -> str:
        return self.reference

    @cached_property
    def stay(self) -> StayDates:
        return StayDates(self.arrival, self.departure)

    @cached_property
    def party(self) -> Party:
        return Party(self.adults, tuple(self.children_ages), self.rooms)

    def percent_total(self) -> Decimal | None:
        """What a percentage means in money: that or less will be told."""
        if self.drop_percent is None or self.reference_total is None:
            return None
        return self.reference_total * (100 - self.drop_percent) / 100


class PriceDrop(models.Model):
    """A drop that was told: written with its message, once for each price of an alert."""

    alert = models.ForeignKey(
        PriceAlert, models.CASCADE, related_name="drops", db_index=False, verbose_name=_("price alert")
    )
    total = MoneyField(_("total"))
    before = MoneyField(_("price before"), null=True)
    currency = models.CharField(_("currency"), max_length=3)
    room_type = models.ForeignKey(
        "inventory.RoomType", models.PROTECT, related_name="+", verbose_name=_("room type")
    )
    rate_plan = models.ForeignKey(
        "inventory.RatePlan", models.PROTECT, related_name="+", verbose_name=_("rate plan")
    )
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("price drop")
        verbose_name_plural = _("price drops")
        ordering = ("-told_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("alert", "total"), name="price_drop_once"),
            models.CheckConstraint(condition=Q(total__gte=0), name="price_drop_total_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.total} {self.currency}"

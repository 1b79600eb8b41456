"""When a stay may not be sold although rooms are free."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel

from .properties import Property, RoomType
from .rates import RatePlan

EVERY_WEEKDAY = 0b1111111


@audited(property_path="property")
class Restriction(TimeStampedModel):
    """Restrictions on the dates ``first_date`` to ``last_date``, both included, on some weekdays.

    An empty room type or rate plan means all of the property. ``min_stay`` and ``max_stay`` count for stays that
    arrive on such a date, ``closed`` (stop sell) for every stay with such a night.
    """

    property = models.ForeignKey(
        Property, models.CASCADE, related_name="restrictions", db_index=False, verbose_name=_("property")
    )
    room_type = models.ForeignKey(
        RoomType,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="restrictions",
        verbose_name=_("room type"),
    )
    rate_plan = models.ForeignKey(
        RatePlan,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="restrictions",
        verbose_name=_("rate plan"),
    )
    first_date = models.DateField(_("first date"))
    last_date = models.DateField(_("last date"))
    weekdays = models.PositiveSmallIntegerField(
        _("weekdays"),
        default=EVERY_WEEKDAY,
        validators=[MinValueValidator(1), MaxValueValidator(EVERY_WEEKDAY)],
        help_text=_("Bit mask: Monday 1, Tuesday 2, … Sunday 64."),
    )
    min_stay = models.PositiveSmallIntegerField(_("minimum stay in nights"), null=True, blank=True)
    max_stay = models.PositiveSmallIntegerField(_("maximum stay in nights"), null=True, blank=True)
    closed_to_arrival = models.BooleanField(_("closed to arrival"), default=False)
    closed_to_departure = models.BooleanField(_("closed to departure"), default=False)
    closed = models.BooleanField(_("closed"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        ordering = ("property", "first_date", "id")
        indexes = (
            # restrictions that touch a stay
            models.Index(fields=("property", "last_date", "first_date"), name="restriction_property_dates"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")),
                name="restriction_dates_ordered",
                violation_error_message=_("The last date must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(weekdays__range=(1, EVERY_WEEKDAY)), name="restriction_weekdays_range"
            ),
            models.CheckConstraint(
                condition=Q(min_stay__isnull=True)
                | Q(max_stay__isnull=True)
                | Q(max_stay__gte=F("min_stay")),
                name="restriction_stay_ordered",
                violation_error_message=_("The maximum stay must not be below the minimum stay."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_date:%Y-%m-%d}-{self.last_date:%Y-%m-%d}"

    def clean(self) -> None:
        for field in ("room_type", "rate_plan"):
            scope = getattr(self, field)
            if scope is not None and scope.property_id != self.property_id:
                raise ValidationError({field: _("This belongs to another property.")})
        if not (
            self.min_stay
            or self.max_stay
            or self.closed_to_arrival
            or self.closed_to_departure
            or self.closed
        ):
            raise ValidationError(_("A restriction must restrict something."))


@audited(property_path="property", named_with=["property"])
class BookingRule(models.Model):
    """How early and late before arrival, how long and how many rooms may be booked. The strictest rule counts."""

    property = models.ForeignKey(
        Property, models.CASCADE, related_name="booking_rules", db_index=False, verbose_name=_("property")
    )
    room_type = models.ForeignKey(
        RoomType,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="booking_rules",
        verbose_name=_("room type"),
    )
    rate_plan = models.ForeignKey(
        RatePlan,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="booking_rules",
        verbose_name=_("rate plan"),
    )
    earliest_days_before = models.PositiveSmallIntegerField(
        _("earliest booking, days before arrival"), null=True, blank=True
    )
    latest_hours_before = models.PositiveIntegerField(
        _("latest booking, hours before arrival"),
        null=True,
        blank=True,
        help_text=_("Counted to the arrival hour of the property; empty: until the end of the arrival day."),
    )
    max_nights = models.PositiveSmallIntegerField(_("most nights"), null=True, blank=True)
    max_rooms = models.PositiveSmallIntegerField(_("most rooms"), null=True, blank=True)

    class Meta:
        verbose_name = _("booking rule")
        verbose_name_plural = _("booking rules")
        ordering = ("property", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("property", "room_type", "rate_plan"),
                name="booking_rule_scope_unique",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return str(_("Booking rule of %(property)s") % {"property": self.property})

    def clean(self) -> None:
        for field in ("room_type", "rate_plan"):
            scope = getattr(self, field)
            if scope is not None and scope.property_id != self.property_id:
                raise ValidationError({field: _("This belongs to another property.")})

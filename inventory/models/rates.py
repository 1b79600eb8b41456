"""Rate plans and what a night costs."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField

from .history import price_triggers
from .policies import CancellationPolicy, DepositPolicy
from .properties import Property, RoomType


class BoardBasis(models.TextChoices):
    RO = "RO", _("room only")
    BB = "BB", _("bed and breakfast")
    HB = "HB", _("half board")
    FB = "FB", _("full board")


class AdjustmentKind(models.TextChoices):
    PERCENT = "percent", _("percent")
    AMOUNT = "amount", _("amount per room and night")


@audited(property_path="property")
class RatePlan(TimeStampedModel):
    """A way to sell a room: board, terms, and prices of its own or derived from another plan's.

    A derived plan costs its parent's price plus ``derived_value`` (negative: less), as percent or amount per room
    and night. A parent may not itself be derived.
    """

    property = models.ForeignKey(
        Property, models.PROTECT, related_name="rate_plans", db_index=False, verbose_name=_("property")
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    board = models.CharField(_("board basis"), max_length=2, choices=BoardBasis, default=BoardBasis.RO)
    cancellation_policy = models.ForeignKey(
        CancellationPolicy, models.PROTECT, related_name="rate_plans", verbose_name=_("cancellation policy")
    )
    deposit_policy = models.ForeignKey(
        DepositPolicy, models.PROTECT, related_name="rate_plans", verbose_name=_("deposit policy")
    )
    derived_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="derived_plans",
        verbose_name=_("derived from"),
    )
    derived_kind = models.CharField(
        _("derived by"),
        max_length=20,
        choices=AdjustmentKind,
        blank=True,
        default="",
        help_text=_("Empty if not derived."),
    )
    derived_value = MoneyField(
        _("difference"), default=Decimal(0), help_text=_("Negative: cheaper than its parent.")
    )
    room_types = models.ManyToManyField(
        RoomType,
        blank=True,
        related_name="rate_plans",
        verbose_name=_("room types"),
        help_text=_("None: all."),
    )
    member_discount = models.BooleanField(_("members get their discount"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("rate plan")
        verbose_name_plural = _("rate plans")
        ordering = ("property", "position", "id")
        constraints = (
            models.UniqueConstraint(fields=("property", "code"), name="rate_plan_code_unique"),
            models.CheckConstraint(condition=Q(board__in=BoardBasis.values), name="rate_plan_board_known"),
            models.CheckConstraint(
                condition=Q(derived_from__isnull=True, derived_kind="")
                | Q(derived_from__isnull=False, derived_kind__in=AdjustmentKind.values),
                name="rate_plan_derived_both_or_none",
                violation_error_message=_("A derived plan needs both a parent and a kind of difference."),
            ),
            models.CheckConstraint(
                condition=~Q(derived_kind="percent") | Q(derived_value__gte=-100),
                name="rate_plan_derived_above_zero",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def clean(self) -> None:
        parent = self.derived_from
        if parent is not None:
            if parent.derived_from_id is not None or parent.pk == self.pk:
                raise ValidationError(
                    {"derived_from": _("A plan can be derived only from a plan with prices of its own.")}
                )
            if parent.property_id != self.property_id:
                raise ValidationError({"derived_from": _("The parent plan belongs to another property.")})
        for field in ("cancellation_policy", "deposit_policy"):
            policy = getattr(self, field, None)
            if policy is not None and policy.property_id != self.property_id:
                raise ValidationError({field: _("This policy belongs to another property.")})


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@audited(property_path="rate_plan__property", parent="rate_plan")
class RatePattern(TimeStampedModel):
    """Prices by weekday for a season; services write them out as nightly rates.

    Where seasons overlap, the higher priority counts, then the newer row. ``last_night`` empty means open-ended:
    new nights are priced by it when the inventory is extended.
    """

    rate_plan = models.ForeignKey(
        RatePlan, models.CASCADE, related_name="patterns", verbose_name=_("rate plan")
    )
    room_type = models.ForeignKey(
        RoomType, models.CASCADE, related_name="patterns", verbose_name=_("room type")
    )
    name = models.CharField(_("season"), max_length=60, blank=True)
    first_night = models.DateField(_("first night"))
    last_night = models.DateField(_("last night"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    monday = MoneyField(_("Monday"), validators=[MinValueValidator(0)])
    tuesday = MoneyField(_("Tuesday"), validators=[MinValueValidator(0)])
    wednesday = MoneyField(_("Wednesday"), validators=[MinValueValidator(0)])
    thursday = MoneyField(_("Thursday"), validators=[MinValueValidator(0)])
    friday = MoneyField(_("Friday"), validators=[MinValueValidator(0)])
    saturday = MoneyField(_("Saturday"), validators=[MinValueValidator(0)])
    sunday = MoneyField(_("Sunday"), validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("rate season")
        verbose_name_plural = _("rate seasons")
        ordering = ("rate_plan", "room_type", "first_night")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_night__isnull=True) | Q(last_night__gte=F("first_night")),
                name="rate_pattern_dates_ordered",
                violation_error_message=_("The last night must not be before the first."),
            ),
        )

    def __str__(self) -> str:
        return self.name or f"{self.first_night:%Y-%m-%d}"

    def weekday_prices(self) -> tuple[Decimal, ...]:
        """Seven prices, Monday first."""
        return tuple(getattr(self, day) for day in WEEKDAYS)


@audited(
    property_path="room_type__property",
    parent="room_type",
    together="date",
    keys=["room_type_id", "rate_plan_id"],
)
class Rate(models.Model):
    """The price of one room for one night at the room type's standard occupancy, in the property's currency."""

    rate_plan = models.ForeignKey(RatePlan, models.CASCADE, related_name="rates", verbose_name=_("rate plan"))
    room_type = models.ForeignKey(
        RoomType, models.CASCADE, related_name="rates", db_index=False, verbose_name=_("room type")
    )
    date = models.DateField(_("night"))
    price = MoneyField(_("price"), validators=[MinValueValidator(0)])
    is_override = models.BooleanField(
        _("set by hand"), default=False, help_text=_("Seasons do not change a price that was set by hand.")
    )

    class Meta:
        verbose_name = _("nightly rate")
        verbose_name_plural = _("nightly rates")
        ordering = ("rate_plan", "room_type", "date")
        constraints = (
            models.UniqueConstraint(
                fields=("room_type", "rate_plan", "date"), name="rate_plan_type_date_unique"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="rate_price_not_negative"),
        )
        indexes = (
            # search across many properties: one range of dates, every plan and room type
            models.Index(fields=("date", "room_type", "rate_plan"), name="rate_date_type_plan"),
        )
        triggers = price_triggers()

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}: {self.price}"


class GuestKind(models.TextChoices):
    ADULTS = "adults", _("adults")
    CHILDREN = "children", _("children")


@audited(property_path="room_type__property", parent="room_type")
class OccupancyPrice(models.Model):
    """What the nightly price changes by when ``count`` adults (other than the standard) or children stay in a room."""

    room_type = models.ForeignKey(
        RoomType, models.CASCADE, related_name="occupancy_prices", db_index=False, verbose_name=_("room type")
    )
    guests = models.CharField(_("guests"), max_length=10, choices=GuestKind)
    count = models.PositiveSmallIntegerField(_("count"), validators=[MinValueValidator(1)])
    kind = models.CharField(_("kind"), max_length=20, choices=AdjustmentKind, default=AdjustmentKind.AMOUNT)
    value = MoneyField(_("difference"), help_text=_("Negative: cheaper than at standard occupancy."))

    class Meta:
        verbose_name = _("price by occupancy")
        verbose_name_plural = _("prices by occupancy")
        ordering = ("room_type", "guests", "count")
        constraints = (
            models.UniqueConstraint(fields=("room_type", "guests", "count"), name="occupancy_price_unique"),
            models.CheckConstraint(
                condition=Q(guests__in=GuestKind.values), name="occupancy_price_guests_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AdjustmentKind.values), name="occupancy_price_kind_known"
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="occupancy_price_count_positive"),
        )

    def __str__(self) -> str:
        return f"{self.count} {self.get_guests_display()}: {self.value:+}"


class SpecialDayKind(models.TextChoices):
    MULTIPLIER = "multiplier", _("multiplier")
    SURCHARGE = "surcharge", _("surcharge per room")


@audited(property_path="property")
class SpecialDay(models.Model):
    """A night that costs more (or less) and may ask for a longer stay, such as New Year's Eve or a trade fair."""

    property = models.ForeignKey(
        Property, models.CASCADE, related_name="special_days", db_index=False, verbose_name=_("property")
    )
    date = models.DateField(_("night"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(
        _("kind"), max_length=20, choices=SpecialDayKind, default=SpecialDayKind.MULTIPLIER
    )
    value = models.DecimalField(
        _("value"),
        max_digits=12,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(0), MaxValueValidator(1_000_000)],
        help_text=_("1.25 as multiplier is a quarter more; a surcharge is in the property's currency."),
    )
    min_stay = models.PositiveSmallIntegerField(
        _("minimum stay in nights"),
        null=True,
        blank=True,
        help_text=_("For every stay that includes this night."),
    )

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ("property", "date")
        constraints = (
            models.UniqueConstraint(fields=("property", "date"), name="special_day_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=SpecialDayKind.values), name="special_day_kind_known"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="special_day_value_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.date:%Y-%m-%d}"


@audited(property_path="rateplan__property", parent="rateplan")
class RatePlanRoomType(RatePlan.room_types.through):  # type: ignore[name-defined]
    """A room type that a plan is sold for; the log's name for the rows between the two."""

    class Meta:
        proxy = True
        verbose_name = _("room type of a rate plan")
        verbose_name_plural = _("room types of rate plans")

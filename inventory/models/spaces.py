"""Spaces: rooms that are let by the hour, when they are open, and what an hour costs."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField

from .properties import Photo, Property
from .taxes import Tax

MINUTES_A_DAY = 24 * 60


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


@audited(property_path="property")
class Equipment(models.Model):
    """Something a space may be fitted with, such as a projector."""

    property = models.ForeignKey(
        Property, models.CASCADE, related_name="equipment", db_index=False, verbose_name=_("property")
    )
    code = models.SlugField(_("code"), max_length=40, db_index=False)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("piece of equipment")
        verbose_name_plural = _("equipment")
        ordering = ("property", "name")
        constraints = (models.UniqueConstraint(fields=("property", "code"), name="equipment_code_unique"),)

    def __str__(self) -> str:
        return self.name


@audited(property_path="property")
class Space(TimeStampedModel):
    """A room that is let by the hour. Durations and buffers are minutes; prices are in the property's currency."""

    property = models.ForeignKey(
        Property, models.PROTECT, related_name="spaces", db_index=False, verbose_name=_("property")
    )
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=80, db_index=False)
    description = models.TextField(_("description"), blank=True)
    building = models.CharField(_("building"), max_length=60, blank=True)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("persons at most"), default=8, validators=[MinValueValidator(1)]
    )
    equipment = models.ManyToManyField(
        Equipment, blank=True, related_name="spaces", verbose_name=_("equipment")
    )
    hourly_price = MoneyField(
        _("price per hour"),
        default=0,
        validators=[MinValueValidator(0)],
        help_text=_("0: it costs nothing. Other prices by weekday and time stand below."),
    )
    tax = models.ForeignKey(
        Tax,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="spaces",
        limit_choices_to={"kind": "percent"},
        verbose_name=_("tax"),
        help_text=_("A tax in percent; included in the price or added to it, as the tax says."),
    )
    is_prepaid = models.BooleanField(
        _("paid in advance"),
        default=True,
        help_text=_("Otherwise guests may also pay at the property."),
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(
        _("minutes kept free before"), default=0, validators=[MaxValueValidator(MINUTES_A_DAY)]
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        _("minutes kept free after"), default=0, validators=[MaxValueValidator(MINUTES_A_DAY)]
    )
    min_minutes = models.PositiveSmallIntegerField(
        _("minutes at least"), default=60, validators=[MinValueValidator(5)]
    )
    max_minutes = models.PositiveSmallIntegerField(
        _("minutes at most"), default=480, validators=[MaxValueValidator(7 * MINUTES_A_DAY)]
    )
    step_minutes = models.PositiveSmallIntegerField(
        _("in steps of minutes"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(MINUTES_A_DAY)],
        help_text=_("Bookings begin and end in these steps, counted from the opening."),
    )
    max_days_ahead = models.PositiveSmallIntegerField(
        _("days ahead at most"), default=365, validators=[MinValueValidator(1), MaxValueValidator(1095)]
    )
    needs_approval = models.BooleanField(
        _("needs approval"), default=False, help_text=_("Staff say yes or no to each request of a guest.")
    )
    request_hold_minutes = models.PositiveIntegerField(
        _("a request keeps its time for minutes"),
        default=MINUTES_A_DAY,
        validators=[MinValueValidator(15), MaxValueValidator(14 * MINUTES_A_DAY)],
        help_text=_("Then it ends by itself, and the time is free again. 1440 minutes are a day."),
    )
    needs_check_in = models.BooleanField(
        _("needs a check-in"), default=False, help_text=_("Who does not check in loses the space.")
    )
    no_show_minutes = models.PositiveSmallIntegerField(
        _("free again after minutes"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(MINUTES_A_DAY)],
        help_text=_("After the start, if nobody has checked in."),
    )
    free_cancellation_hours = models.PositiveSmallIntegerField(
        _("free cancellation until hours before"), default=24
    )
    cancellation_fee_percent = models.PositiveSmallIntegerField(
        _("fee after that in percent"),
        default=100,
        validators=[MaxValueValidator(100)],
        help_text=_("Of the price; not coming costs the same."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Guests can find and book it."))

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        ordering = ("property", "position", "name", "id")
        constraints = (
            models.UniqueConstraint(fields=("property", "slug"), name="space_slug_unique"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="space_capacity_positive"),
            models.CheckConstraint(condition=Q(hourly_price__gte=0), name="space_price_not_negative"),
            models.CheckConstraint(
                condition=Q(step_minutes__gte=5, min_minutes__gte=5, max_minutes__gte=F("min_minutes")),
                name="space_minutes_sane",
                violation_error_message=_("At least 5 minutes, and at most not less than at least."),
            ),
            models.CheckConstraint(
                condition=Q(cancellation_fee_percent__lte=100), name="space_fee_percent_range"
            ),
        )

    def __str__(self) -> str:
        return self.name


@audited(property_path="space__property", parent="space")
class SpacePhoto(Photo):
    space = models.ForeignKey(Space, models.CASCADE, related_name="photos", verbose_name=_("space"))

    class Meta(Photo.Meta):
        verbose_name = _("space photo")
        verbose_name_plural = _("space photos")


@audited(property_path="space__property", parent="space")
class SpaceHours(models.Model):
    """One stretch of a weekday when a space is open, on the clock of the property.

    A closing time of midnight is the end of the day. Where stretches overlap or meet, they count as one.
    """

    space = models.ForeignKey(Space, models.CASCADE, related_name="hours", verbose_name=_("space"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"), help_text=_("00:00 is midnight, the end of the day."))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ("space", "weekday", "opens")
        constraints = (
            models.CheckConstraint(condition=Q(weekday__lte=6), name="space_hours_weekday_known"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes="00:00"),
                name="space_hours_ordered",
                violation_error_message=_("It closes after it opens; 00:00 is midnight."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


@audited(property_path="space__property", parent="space")
class SpaceClosure(models.Model):
    """Days on which a space is closed whatever its hours say; both days are included."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="closures", verbose_name=_("space"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("closed days")
        verbose_name_plural = _("closed days")
        ordering = ("space", "first_day")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="space_closure_ordered",
                violation_error_message=_("The last day is not before the first."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m-%d} – {self.last_day:%Y-%m-%d}"


@audited(property_path="space__property", parent="space")
class SpacePrice(models.Model):
    """Another price per hour on some weekday (none: every day) between two times of the property's clock.

    The first that fits counts, those of a weekday before those of every day, then by start.
    """

    space = models.ForeignKey(Space, models.CASCADE, related_name="prices", verbose_name=_("space"))
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), choices=Weekday, null=True, blank=True, help_text=_("Empty: every day.")
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"), help_text=_("00:00 is midnight, the end of the day."))
    hourly_price = MoneyField(_("price per hour"), validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("price by time")
        verbose_name_plural = _("prices by time")
        ordering = ("space", F("weekday").asc(nulls_last=True), "starts", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(weekday__isnull=True) | Q(weekday__lte=6), name="space_price_weekday_known"
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")) | Q(ends="00:00"),
                name="space_price_ordered",
                violation_error_message=_("It ends after it starts; 00:00 is midnight."),
            ),
            models.CheckConstraint(condition=Q(hourly_price__gte=0), name="space_hourly_price_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}: {self.hourly_price}"


@audited(
    property_path="space__property", parent="space", secrets=["nonce", "token_hash"], named_with=["space"]
)
class SpaceFeed(models.Model):
    """The calendar of one space, at an address that nobody can guess; derived as that of a room type is."""

    space = models.OneToOneField(Space, models.CASCADE, related_name="feed", verbose_name=_("space"))
    nonce = models.CharField(max_length=43, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    rotated_at = models.DateTimeField(_("address since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("calendar of a space")
        verbose_name_plural = _("calendars of spaces")

    def __str__(self) -> str:
        return str(self.space)


@audited(property_path="space__property", parent="space")
class SpaceEquipment(Space.equipment.through):  # type: ignore[name-defined]
    """What a space has; the log's name for the rows between the two."""

    class Meta:
        proxy = True
        verbose_name = _("equipment of a space")
        verbose_name_plural = _("equipment of spaces")

"""What each day came to, room type by room type, and which days have to be added up anew."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import MONEY_DECIMAL_PLACES, MONEY_MAX_DIGITS, MoneyField

NET_DECIMAL_PLACES = 12
"""A share of a tax is finer than any coin; sums are rounded once, where they are shown."""

COUNTS = (
    "sold",
    "guests",
    "arrivals",
    "departures",
    "bookings",
    "cancellations",
    "no_shows",
)


class DailyStat(models.Model):
    """What bookings came to on one day in one room type and currency. A day on which nothing was booked has no row.

    How many rooms there were, and how many were blocked, stands in `RoomInventory`, night by night, and nowhere else.
    ``bookings``, ``cancellations`` and ``no_shows`` count by the day of arrival; ``bookings`` includes the other two
    and leaves out holds that were never confirmed.
    """

    property = models.ForeignKey(
        "inventory.Property",
        models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("property"),
    )
    room_type = models.ForeignKey(
        "inventory.RoomType",
        models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("room type"),
    )
    date = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3)
    sold = models.PositiveIntegerField(_("rooms sold"), default=0)
    guests = models.PositiveIntegerField(_("guests in the house"), default=0)
    arrivals = models.PositiveIntegerField(_("rooms arriving"), default=0)
    departures = models.PositiveIntegerField(_("rooms departing"), default=0)
    bookings = models.PositiveIntegerField(_("bookings arriving"), default=0)
    cancellations = models.PositiveIntegerField(_("of these cancelled"), default=0)
    no_shows = models.PositiveIntegerField(_("of these no-shows"), default=0)
    revenue_gross = MoneyField(
        _("room revenue with taxes"), default=0, help_text=_("With the taxes that prices include.")
    )
    revenue = models.DecimalField(
        _("room revenue"),
        max_digits=MONEY_MAX_DIGITS + NET_DECIMAL_PLACES - MONEY_DECIMAL_PLACES,
        decimal_places=NET_DECIMAL_PLACES,
        default=0,
        help_text=_("Without taxes."),
    )

    class Meta:
        verbose_name = _("figures of a day")
        verbose_name_plural = _("figures of days")
        ordering = ("date", "room_type")
        constraints = (
            # Its index also finds the days that are added up anew.
            models.UniqueConstraint(fields=("room_type", "date", "currency"), name="daily_stat_once"),
            models.CheckConstraint(
                condition=Q(bookings__gte=F("cancellations") + F("no_shows")),
                name="daily_stat_bookings_add_up",
            ),
        )
        indexes = (
            # selectors.days: a period of some properties
            models.Index(fields=("property", "date"), name="daily_stat_property_date"),
        )

    def __str__(self) -> str:
        return f"{self.room_type_id} {self.date:%Y-%m-%d}: {self.sold}"


class DailyStatMark(models.Model):
    """Days ``[start, end)`` of a room type that some bookings have changed and nobody has added up since.

    Written by triggers in the transaction that changes the bookings, so it commits with them or not at all. There is
    no key to another table and nothing unique in it, so that nobody who sells ever waits for another one here.
    """

    property_id = models.BigIntegerField(_("property"))
    room_type_id = models.BigIntegerField(_("room type"))
    start = models.DateField(_("first day"))
    end = models.DateField(_("end"))

    class Meta:
        verbose_name = _("days to add up")
        verbose_name_plural = _("days to add up")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="daily_stat_mark_dates_ordered"),
        )

    def __str__(self) -> str:
        return f"{self.room_type_id} {self.start:%Y-%m-%d}-{self.end:%Y-%m-%d}"

"""A stay of some rooms of one room type, and each of its nights as sold."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from bookings.querysets import BookingQuerySet
from bookings.transitions import TRANSITIONS, BookingStatus
from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField


class BookingChannel(models.TextChoices):
    WEB = "web", _("web site")
    API = "api", _("API")
    STAFF = "staff", _("front desk")
    TRAVEL_AGENT = "travel_agent", _("travel agent")
    CORPORATE = "corporate", _("corporate")
    GDS = "gds", _("global distribution system")
    OTHER = "other", _("other")


@audited(
    property_path="property", secrets=["access_token_hash", "quote"], exclude=["tax_included"], summed_up=True
)
class Booking(TimeStampedModel):
    """One guest's stay ``[arrival, departure)`` in ``rooms`` rooms of one room type at one rate plan.

    Prices, taxes and policies are snapshots of the day it was sold; later edits of the catalogue change nothing.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    access_token_hash = models.CharField(max_length=64, blank=True, editable=False)
    property = models.ForeignKey(
        "inventory.Property",
        models.PROTECT,
        related_name="bookings",
        db_index=False,
        verbose_name=_("property"),
    )
    room_type = models.ForeignKey(
        "inventory.RoomType",
        models.PROTECT,
        related_name="bookings",
        db_index=False,
        verbose_name=_("room type"),
    )
    rate_plan = models.ForeignKey(
        "inventory.RatePlan", models.PROTECT, related_name="bookings", verbose_name=_("rate plan")
    )
    folio = models.OneToOneField(
        "payments.Folio", models.PROTECT, related_name="booking", verbose_name=_("folio")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="bookings",
        db_index=False,
        verbose_name=_("user"),
    )
    trip = models.ForeignKey(
        "bookings.Trip",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="bookings",
        db_index=False,
        verbose_name=_("trip"),
    )
    guest = models.ForeignKey(
        "bookings.Guest",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="bookings",
        db_index=False,
        verbose_name=_("guest's profile"),
    )
    group = models.ForeignKey(
        "bookings.Group",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        db_index=False,
        verbose_name=_("group"),
    )
    guest_name = models.CharField(_("guest's name"), max_length=150, blank=True)
    guest_email = models.EmailField(_("guest's e-mail address"), blank=True)
    guest_phone = PhoneNumberField(_("guest's phone"), blank=True)
    guest_country = models.CharField(_("guest's country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    arrival = models.DateField(_("arrival"))
    departure = models.DateField(_("departure"))
    rooms = models.PositiveSmallIntegerField(_("rooms"), default=1)
    adults = models.PositiveSmallIntegerField(_("adults"))
    children_ages = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("children's ages")
    )
    status = models.CharField(_("status"), max_length=20, choices=BookingStatus, default=BookingStatus.HELD)
    hold_expires_at = models.DateTimeField(_("hold expires at"), null=True, blank=True)
    hold_limit_at = models.DateTimeField(
        _("held at the longest until"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("However often somebody starts to pay. Empty: two hours after it was made."),
    )
    currency = models.CharField(_("currency"), max_length=3)
    room_total = MoneyField(
        _("rooms"), help_text=_("All nights after discounts, with the taxes included in prices.")
    )
    tax_added = MoneyField(_("taxes added"), default=0)
    total = MoneyField(_("total"))
    deposit_due = MoneyField(_("deposit due at booking"), default=0)
    quote = models.JSONField(_("quote as sold"), default=dict)
    tax_included = models.GeneratedField(
        expression=Coalesce(Cast(KeyTextTransform("tax_included", "quote"), MoneyField()), Decimal(0)),
        output_field=MoneyField(_("taxes included")),
        db_persist=True,
        help_text=_("The part of the rooms' total that is tax, as the quote says."),
    )
    cancellation_terms = models.JSONField(_("cancellation terms as sold"), default=dict)
    channel = models.CharField(
        _("channel"), max_length=20, choices=BookingChannel, default=BookingChannel.WEB
    )
    market_segment = models.CharField(_("market segment"), max_length=40, blank=True)
    arrival_time = models.TimeField(_("expected arrival time"), null=True, blank=True)
    special_requests = models.TextField(_("special requests"), blank=True)
    staff_notes = models.TextField(_("staff notes"), blank=True)
    source = models.CharField(
        _("source"),
        max_length=80,
        null=True,
        blank=True,
        unique=True,
        help_text=_("Key of an imported booking."),
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    pending_change = models.OneToOneField(
        "bookings.BookingChange",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("change that waits for payment"),
    )
    change_fees = MoneyField(
        _("fees for changes"),
        default=0,
        db_default=0,
        editable=False,
        help_text=_("Charged beside the total, and kept if the stay is cancelled."),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancellation_reason = models.CharField(_("reason of cancellation"), max_length=200, blank=True)
    cancellation_fee = MoneyField(_("cancellation fee"), null=True, blank=True)
    checked_in_at = models.DateTimeField(_("checked in at"), null=True, blank=True)
    checked_out_at = models.DateTimeField(_("checked out at"), null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(departure__gt=F("arrival")), name="booking_dates_ordered"),
            models.CheckConstraint(condition=Q(status__in=BookingStatus.values), name="booking_status_known"),
            models.CheckConstraint(
                condition=Q(channel__in=BookingChannel.values), name="booking_channel_known"
            ),
            models.CheckConstraint(condition=Q(rooms__gte=1), name="booking_rooms_positive"),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(hold_expires_at__isnull=False), name="booking_held_has_expiry"
            ),
            models.CheckConstraint(
                condition=Q(total=F("room_total") + F("tax_added"), total__gte=0),
                name="booking_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(deposit_due__gte=0, deposit_due__lte=F("total")),
                name="booking_deposit_within_total",
            ),
        )
        indexes = (
            # bookings_for_user: a guest's bookings, newest first
            models.Index(fields=("user", "status", "created_at"), name="booking_user_status"),
            # inventory_differences: who occupies a room type on some nights
            models.Index(fields=("room_type", "arrival", "departure"), name="booking_room_type_dates"),
            # a property's bookings by arrival (admin, staff), and those of a period (reports)
            models.Index(fields=("property", "arrival", "departure"), name="booking_property_dates"),
            # booking_lookup and guests without account: by e-mail address
            models.Index(Lower("guest_email"), name="booking_guest_email"),
            # guest_stays: the history of a guest
            models.Index(fields=("guest", "arrival"), name="booking_guest", condition=Q(guest__isnull=False)),
            # guests_link: sold stays that have no profile yet
            models.Index(
                fields=("id",),
                name="booking_guest_unlinked",
                condition=Q(guest__isnull=True, confirmed_at__isnull=False) & ~Q(guest_name=""),
            ),
            # day_at_desk: who is expected, here, or should have left
            models.Index(
                fields=("property", "arrival", "departure"),
                name="booking_active_dates",
                condition=Q(status__in=("held", "confirmed", "checked_in")),
            ),
            # day_at_desk: who has left
            models.Index(
                fields=("property", "departure"),
                name="booking_left",
                condition=Q(status="checked_out"),
            ),
            # trip_bookings: the few bookings that belong to trips
            models.Index(fields=("trip", "arrival"), name="booking_trip", condition=Q(trip__isnull=False)),
            # group_get: the bookings of a group by arrival
            models.Index(fields=("group", "arrival"), name="booking_group", condition=Q(group__isnull=False)),
            # holds_expire: only what is held
            models.Index(fields=("hold_expires_at",), name="booking_holds", condition=Q(status="held")),
        )
        triggers = (
            pgtrigger.FSM(
                name="status_transitions",
                field="status",
                transitions=[(source.value, target.value) for source, target in TRANSITIONS],
            ),
            pgtrigger.Trigger(
                name="trip_of_same_user",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("trip_id", "user_id"),
                condition=pgtrigger.Condition("NEW.trip_id IS NOT NULL AND NEW.user_id IS NOT NULL"),
                func="""
                IF EXISTS (SELECT 1 FROM bookings_trip WHERE id = NEW.trip_id AND user_id <> NEW.user_id) THEN
                    RAISE EXCEPTION 'a booking is in a trip of its own guest or in none'
                          USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_trip_of_same_user';
                END IF;
                RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return self.reference


@audited(
    property_path="booking__property",
    parent="booking",
    together="date",
    keys=["booking_id", "room_index"],
    summed_up=True,
)
class BookingNight(models.Model):
    """One room's night as sold, after discounts, with included but without added taxes."""

    booking = models.ForeignKey(
        Booking, models.CASCADE, related_name="nights", db_index=False, verbose_name=_("booking")
    )
    room_index = models.PositiveSmallIntegerField(
        _("room"), default=1, help_text=_("1 is the first room of the booking.")
    )
    date = models.DateField(_("night"))
    price = MoneyField(_("price"))

    class Meta:
        verbose_name = _("night")
        verbose_name_plural = _("nights")
        ordering = ("booking", "date", "room_index")
        constraints = (
            models.UniqueConstraint(fields=("booking", "date", "room_index"), name="booking_night_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="booking_night_price_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}: {self.price}"

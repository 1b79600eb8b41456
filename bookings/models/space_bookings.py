"""Bookings of spaces by the hour, and the series they may belong to."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from bookings.space_transitions import OCCUPYING_STATUSES, SPACE_TRANSITIONS, SpaceBookingStatus
from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField

from .booking import BookingChannel


@audited(property_path="property")
class SpaceSeries(TimeStampedModel):
    """A booking that repeats by a rule (RFC 5545) on the clock of the property.

    ``rule`` is an RRULE without DTSTART; the first occurrence begins on ``first_day`` at ``starts_at``, and each lasts
    ``minutes``. What became of each occurrence stands in its own booking.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    property = models.ForeignKey(
        "inventory.Property", models.PROTECT, related_name="space_series", verbose_name=_("property")
    )
    space = models.ForeignKey(
        "inventory.Space", models.PROTECT, related_name="series", verbose_name=_("space")
    )
    folio = models.OneToOneField(
        "payments.Folio",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="space_series",
        verbose_name=_("folio"),
        help_text=_("One account for all of them; empty while nothing is charged, or on the bill of a stay."),
    )
    rule = models.CharField(_("rule"), max_length=300)
    first_day = models.DateField(_("first day"))
    starts_at = models.TimeField(_("begins at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    skipped_days = ArrayField(models.DateField(), default=list, blank=True, verbose_name=_("left out"))

    class Meta:
        verbose_name = _("series of a space")
        verbose_name_plural = _("series of spaces")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(minutes__gte=1), name="space_series_minutes_positive"),
        )

    def __str__(self) -> str:
        return self.reference


@audited(property_path="property", parent="stay", secrets=["access_token_hash", "quote"])
class SpaceBooking(TimeStampedModel):
    """A space for one guest from ``start`` to ``end``, half-open, instants in UTC.

    ``occupied_from`` and ``occupied_until`` add the buffers as they were when it was booked. Price, tax and terms are
    snapshots. ``charged`` is what stands of it on ``folio`` now, which is its own, its series', or that of ``stay``.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    access_token_hash = models.CharField(max_length=64, blank=True, editable=False)
    property = models.ForeignKey(
        "inventory.Property",
        models.PROTECT,
        related_name="space_bookings",
        db_index=False,
        verbose_name=_("property"),
    )
    space = models.ForeignKey(
        "inventory.Space",
        models.PROTECT,
        related_name="bookings",
        db_index=False,
        verbose_name=_("space"),
    )
    series = models.ForeignKey(
        SpaceSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        db_index=False,
        verbose_name=_("series"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="space_bookings",
        db_index=False,
        verbose_name=_("user"),
    )
    stay = models.ForeignKey(
        "bookings.Booking",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="space_bookings",
        verbose_name=_("stay"),
        help_text=_("Whose bill it goes on; empty: it has a bill of its own, or costs nothing."),
    )
    folio = models.ForeignKey(
        "payments.Folio",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="space_bookings",
        verbose_name=_("folio"),
    )
    guest_name = models.CharField(_("guest's name"), max_length=150)
    guest_email = models.EmailField(_("guest's e-mail address"), blank=True)
    guest_phone = PhoneNumberField(_("guest's phone"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    occupied_from = models.DateTimeField(_("kept free from"))
    occupied_until = models.DateTimeField(_("kept free until"))
    persons = models.PositiveSmallIntegerField(_("persons"), default=1)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    equipment = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("equipment wanted")
    )
    status = models.CharField(_("status"), max_length=20, choices=SpaceBookingStatus)
    hold_expires_at = models.DateTimeField(
        _("kept until"),
        null=True,
        blank=True,
        help_text=_("A request that nobody answers, and what nobody pays for, ends then."),
    )
    currency = models.CharField(_("currency"), max_length=3)
    tax_added = MoneyField(_("taxes added"), default=0)
    total = MoneyField(_("total"), default=0)
    charged = MoneyField(_("charged"), default=0, editable=False)
    quote = models.JSONField(_("quote as sold"), default=dict)
    terms = models.JSONField(_("cancellation terms as sold"), default=dict)
    channel = models.CharField(
        _("channel"), max_length=20, choices=BookingChannel, default=BookingChannel.WEB
    )
    staff_notes = models.TextField(_("staff notes"), blank=True)
    reason = models.CharField(
        _("reason"), max_length=300, blank=True, help_text=_("Of the decision, or why it was cancelled.")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancellation_fee = MoneyField(_("cancellation fee"), null=True, blank=True)
    checked_in_at = models.DateTimeField(_("checked in at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("booking of a space")
        verbose_name_plural = _("bookings of spaces")
        ordering = ("-start", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=SpaceBookingStatus.values), name="space_booking_status_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=BookingChannel.values), name="space_booking_channel_known"
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="space_booking_times_ordered"),
            models.CheckConstraint(
                condition=Q(occupied_from__lte=F("start"), occupied_until__gt=F("occupied_from")),
                name="space_booking_buffers_ordered",
            ),
            models.CheckConstraint(condition=Q(persons__gte=1), name="space_booking_persons_positive"),
            models.CheckConstraint(
                condition=~Q(status__in=("requested", "held")) | Q(hold_expires_at__isnull=False),
                name="space_booking_wait_has_end",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, tax_added__gte=0, tax_added__lte=F("total")),
                name="space_booking_total_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(charged__gte=0) & (Q(charged=0) | Q(folio__isnull=False)),
                name="space_booking_charged_on_folio",
            ),
            # no btree_gist is needed: a range of one number overlaps nothing but itself
            ExclusionConstraint(
                name="space_booking_no_overlap",
                expressions=[
                    (
                        Func(
                            F("space_id"),
                            F("space_id"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("occupied_from"),
                            F("occupied_until"),
                            Value("[)"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=[status.value for status in OCCUPYING_STATUSES]),
                deferrable=Deferrable.IMMEDIATE,  # a series is moved as a whole
                violation_error_message=_("This time is taken."),
            ),
        )
        indexes = (
            # space_week, space_free: what takes a space in some days, whatever its state
            models.Index(fields=("space", "start"), name="space_booking_space_start"),
            # space_bookings_of_property: staff, requests, reports
            models.Index(fields=("property", "status", "start"), name="space_booking_property"),
            # space_bookings_of_user: a guest's own
            models.Index(fields=("user", "start"), name="space_booking_user"),
            # the occurrences of a series, in order
            models.Index(
                fields=("series", "start"), name="space_booking_series", condition=Q(series__isnull=False)
            ),
            # space_bookings_expire: only what waits
            models.Index(
                fields=("hold_expires_at",),
                name="space_booking_waits",
                condition=Q(status__in=("requested", "held", "approved"), hold_expires_at__isnull=False),
            ),
            # no-shows, reminders and endings: only what is still to come or going on
            models.Index(
                fields=("start",),
                name="space_booking_ahead",
                condition=Q(status__in=("approved", "confirmed", "checked_in")),
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="status_transitions",
                field="status",
                transitions=[(source.value, target.value) for source, target in SPACE_TRANSITIONS],
            ),
        )

    def __str__(self) -> str:
        return self.reference

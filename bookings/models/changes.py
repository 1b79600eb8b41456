"""Changes of a stay: what was, what is to be, and whether it came to that."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField

from .booking import Booking


class ChangeStatus(models.TextChoices):
    PENDING = "pending", _("waits for payment")
    DONE = "done", _("done")
    EXPIRED = "expired", _("not paid in time")
    REFUSED = "refused", _("not done")


CHANGE_TRANSITIONS: tuple[tuple[ChangeStatus, ChangeStatus], ...] = (
    (ChangeStatus.PENDING, ChangeStatus.DONE),
    (ChangeStatus.PENDING, ChangeStatus.EXPIRED),
    (ChangeStatus.PENDING, ChangeStatus.REFUSED),
)
"""The one table of what a change's state may become; a trigger made from it refuses the rest."""


@audited(property_path="booking__property", parent="booking")
class BookingChange(TimeStampedModel):
    """One change of dates, room type, rate plan, party or price of a booking: the history of what was agreed.

    ``before`` and ``after`` are snapshots (`bookings.changes.stay_snapshot`), ``after`` with the quote that is sold.
    A change that waits for its payment holds the rooms it needs beyond those the booking has: its `BookingChangeHold`
    rows count as held in the inventory while it is pending, and only then.
    """

    booking = models.ForeignKey(
        Booking, models.CASCADE, related_name="changes", db_index=False, verbose_name=_("booking")
    )
    status = models.CharField(_("status"), max_length=20, choices=ChangeStatus)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("changed by"),
    )
    is_by_staff = models.BooleanField(_("by staff"), default=False)
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    currency = models.CharField(_("currency"), max_length=3)
    before_total = MoneyField(_("total before"))
    after_total = MoneyField(_("total after"))
    fee = MoneyField(_("fee"), default=0)
    due_now = MoneyField(_("to be paid first"), default=0)
    paid_needed = MoneyField(
        _("done once this much is paid"),
        default=0,
        help_text=_("All payments of the booking together, what is put aside by a bank among them."),
    )
    override_price = MoneyField(_("price for a night set by staff"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    ignores_restrictions = models.BooleanField(_("restrictions set aside"), default=False)
    is_repriced = models.BooleanField(_("all nights at today's price"), default=False)
    is_fee_waived = models.BooleanField(_("fee waived"), default=False)
    expires_at = models.DateTimeField(_("waits until"), null=True, blank=True)
    limit_at = models.DateTimeField(_("waits at the longest until"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    refusal = models.CharField(_("why it was not done"), max_length=60, blank=True)
    payment = models.ForeignKey(
        "payments.Payment",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="booking_changes",
        verbose_name=_("payment"),
    )
    key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("change of a booking")
        verbose_name_plural = _("changes of bookings")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=ChangeStatus.values), name="booking_change_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_at__isnull=True, expires_at__isnull=False)
                | (~Q(status="pending") & Q(decided_at__isnull=False)),
                name="booking_change_decided_has_time",
            ),
            models.CheckConstraint(
                condition=Q(before_total__gte=0, after_total__gte=0, fee__gte=0, due_now__gte=0),
                name="booking_change_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=(Q(override_price__isnull=True) & Q(ignores_restrictions=False)) | ~Q(reason=""),
                name="booking_change_override_has_reason",
            ),
            models.UniqueConstraint(
                fields=("booking",), condition=Q(status="pending"), name="booking_change_one_pending"
            ),
        )
        indexes = (
            # changes_of_booking: a booking's changes, newest first
            models.Index(fields=("booking", "-created_at"), name="booking_change_booking"),
            # changes_expired: only what waits
            models.Index(
                fields=("expires_at",), name="booking_change_pending", condition=Q(status="pending")
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="status_transitions",
                field="status",
                transitions=[(source.value, target.value) for source, target in CHANGE_TRANSITIONS],
            ),
        )

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.get_status_display()}"

    @property
    def difference(self) -> Decimal:
        """By how much the stay became dearer, its fee not counted."""
        return self.after_total - self.before_total


class BookingChangeHold(models.Model):
    """Rooms of one night that a change keeps until it is paid for."""

    change = models.ForeignKey(
        BookingChange, models.CASCADE, related_name="holds", db_index=False, verbose_name=_("change")
    )
    room_type = models.ForeignKey(
        "inventory.RoomType", models.PROTECT, related_name="+", db_index=False, verbose_name=_("room type")
    )
    date = models.DateField(_("night"))
    rooms = models.PositiveSmallIntegerField(_("rooms"))

    class Meta:
        verbose_name = _("night held by a change")
        verbose_name_plural = _("nights held by changes")
        ordering = ("change", "date")
        constraints = (
            models.UniqueConstraint(fields=("change", "room_type", "date"), name="booking_change_hold_once"),
            models.CheckConstraint(condition=Q(rooms__gte=1), name="booking_change_hold_rooms"),
        )
        indexes = (
            # holds of pending changes on some nights
            models.Index(fields=("room_type", "date"), name="booking_change_hold_night"),
        )

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}: {self.rooms}"

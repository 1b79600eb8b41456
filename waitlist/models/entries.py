"""Who waits for a room, and what they were offered."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField
from waitlist.querysets import QUEUE_ORDER, WaitlistEntryQuerySet, WaitlistOfferQuerySet
from waitlist.transitions import ENTRY_TRANSITIONS, OFFER_TRANSITIONS, EntryStatus, OfferStatus

FLEXIBLE_DAYS_MAX = 7
PRIORITY_MAX = 100


@audited(property_path="property", secrets=["access_token_hash"])
class WaitlistEntry(TimeStampedModel):
    """Somebody who waits for ``rooms`` rooms for the stay ``[arrival, departure)``, or as many nights nearby.

    The stay may begin up to ``flexible_days`` earlier or later. ``queued_at`` is the age that counts in the queue:
    when they joined, or when they last let an offer pass and went to the end of it.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    access_token_hash = models.CharField(max_length=64, editable=False)
    property = models.ForeignKey(
        "inventory.Property", models.PROTECT, related_name="waitlist", verbose_name=_("property")
    )
    room_type = models.ForeignKey(
        "inventory.RoomType",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="waitlist",
        db_index=False,
        verbose_name=_("room type"),
        help_text=_("Empty: any room type in which the guests fit."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="waitlist",
        verbose_name=_("user"),
    )
    guest_name = models.CharField(_("guest's name"), max_length=150)
    guest_email = models.EmailField(_("guest's e-mail address"))
    guest_phone = PhoneNumberField(_("guest's phone"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    arrival = models.DateField(_("arrival"))
    departure = models.DateField(_("departure"))
    flexible_days = models.PositiveSmallIntegerField(
        _("flexible by"),
        default=0,
        validators=[MaxValueValidator(FLEXIBLE_DAYS_MAX)],
        help_text=_("Days the stay may begin earlier or later."),
    )
    rooms = models.PositiveSmallIntegerField(_("rooms"), default=1, validators=[MinValueValidator(1)])
    adults = models.PositiveSmallIntegerField(_("adults"))
    children_ages = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("children's ages")
    )
    max_total = MoneyField(
        _("highest total"), null=True, blank=True, help_text=_("In the property's currency.")
    )
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=20, choices=EntryStatus, default=EntryStatus.WAITING)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=0,
        validators=[MaxValueValidator(PRIORITY_MAX)],
        help_text=_("0 for everybody; higher comes first."),
    )
    priority_reason = models.CharField(_("reason of the priority"), max_length=200, blank=True)
    queued_at = models.DateTimeField(_("in the queue since"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = WaitlistEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("waitlist entry")
        verbose_name_plural = _("waitlist entries")
        ordering = QUEUE_ORDER
        constraints = (
            models.CheckConstraint(condition=Q(departure__gt=F("arrival")), name="waitlist_dates_ordered"),
            models.CheckConstraint(
                condition=Q(status__in=EntryStatus.values), name="waitlist_entry_status_known"
            ),
            models.CheckConstraint(
                condition=Q(rooms__gte=1, adults__gte=F("rooms")), name="waitlist_adult_per_room"
            ),
            models.CheckConstraint(
                condition=Q(flexible_days__lte=FLEXIBLE_DAYS_MAX), name="waitlist_flexible_days_few"
            ),
            models.CheckConstraint(
                condition=Q(max_total__isnull=True) | Q(max_total__gt=0), name="waitlist_max_total_positive"
            ),
            models.CheckConstraint(
                condition=Q(priority=0) | (Q(priority__lte=PRIORITY_MAX) & ~Q(priority_reason="")),
                name="waitlist_priority_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("waiting", "offered"), ended_at__isnull=True)
                | Q(status__in=("accepted", "declined", "expired", "left"), ended_at__isnull=False),
                name="waitlist_entry_ended_at",
            ),
            # One place in the queue for each wish.
            models.UniqueConstraint(
                Lower("guest_email"),
                "property",
                "arrival",
                "departure",
                "room_type",
                name="waitlist_entry_once",
                nulls_distinct=False,
                condition=Q(status__in=("waiting", "offered")),
            ),
        )
        indexes = (
            # entries_over: who waits for days that are gone
            models.Index(fields=("status", "arrival", "departure"), name="waitlist_status_dates"),
            # entries_list: the queue of one room type, as staff filter it
            models.Index(fields=("room_type", "status", "created_at"), name="waitlist_room_type_status"),
            # entries_waiting, entry_place: a property's queue in turn
            models.Index(
                "property",
                F("priority").desc(),
                "queued_at",
                "id",
                name="waitlist_queue",
                condition=Q(status="waiting"),
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="status_transitions",
                field="status",
                transitions=[(source.value, target.value) for source, target in ENTRY_TRANSITIONS],
            ),
        )

    def __str__(self) -> str:
        return self.reference

    def has_alternatives(self) -> bool:
        """Whether there are other stays than one that would do."""
        return self.flexible_days > 0 or self.room_type_id is None


@audited(property_path="entry__property", parent="entry", secrets=["access_token_hash"])
class WaitlistOffer(TimeStampedModel):
    """Rooms that are kept for an entry until ``expires_at``: a held booking at ``total``, which the guest may take.

    Written by the transaction that holds the rooms, together with the message that tells of it.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    access_token_hash = models.CharField(max_length=64, editable=False)
    entry = models.ForeignKey(
        WaitlistEntry, models.PROTECT, related_name="offers", verbose_name=_("waitlist entry")
    )
    booking = models.OneToOneField(
        "bookings.Booking", models.PROTECT, related_name="waitlist_offer", verbose_name=_("booking")
    )
    status = models.CharField(_("status"), max_length=20, choices=OfferStatus, default=OfferStatus.OPEN)
    total = MoneyField(_("total"))
    currency = models.CharField(_("currency"), max_length=3)
    expires_at = models.DateTimeField(_("expires at"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
        help_text=_("Empty: made by itself."),
    )
    outcome_note = models.CharField(_("note"), max_length=200, blank=True)

    objects = WaitlistOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("waitlist offer")
        verbose_name_plural = _("waitlist offers")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=OfferStatus.values), name="waitlist_offer_status_known"
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="waitlist_offer_total_not_negative"),
            models.CheckConstraint(
                condition=Q(status="open", answered_at__isnull=True)
                | (~Q(status="open") & Q(answered_at__isnull=False)),
                name="waitlist_offer_answered_at",
            ),
            models.UniqueConstraint(
                fields=("entry",), name="waitlist_offer_one_open", condition=Q(status="open")
            ),
        )
        indexes = (
            # offers_over: open offers whose time is up
            models.Index(fields=("expires_at",), name="waitlist_offer_open", condition=Q(status="open")),
        )
        triggers = (
            pgtrigger.FSM(
                name="status_transitions",
                field="status",
                transitions=[(source.value, target.value) for source, target in OFFER_TRANSITIONS],
            ),
        )

    def __str__(self) -> str:
        return self.reference

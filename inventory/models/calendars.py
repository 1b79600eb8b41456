"""Calendars that are exchanged with other channels: our feeds, theirs, and what could not be brought together."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audit import audited
from core.models import TimeStampedModel

from .properties import RoomType


@audited(
    property_path="room_type__property",
    parent="room_type",
    exclude=["content_hash", "revision", "changed_at"],
    secrets=["nonce", "token_hash"],
    named_with=["room_type"],
)
class CalendarFeed(models.Model):
    """Our calendar of one room type, at an address that nobody can guess.

    The address is derived from ``nonce`` with the site's key; the table alone opens nothing. ``revision`` counts
    what the feed has said, so that readers can tell a newer answer from an older one.
    """

    room_type = models.OneToOneField(
        RoomType, models.CASCADE, related_name="calendar_feed", verbose_name=_("room type")
    )
    nonce = models.CharField(max_length=43, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    rotated_at = models.DateTimeField(_("address since"), default=timezone.now, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.room_type)


@audited(
    property_path="room_type__property",
    parent="room_type",
    exclude=["etag", "last_modified", "fetched_at", "succeeded_at", "read_at"],
    secrets=["url"],
)
class ExternalCalendar(TimeStampedModel):
    """A calendar of another channel that takes rooms of a type out of sale; fetched on a schedule."""

    room_type = models.ForeignKey(
        RoomType,
        models.CASCADE,
        related_name="external_calendars",
        db_index=False,
        verbose_name=_("room type"),
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("Such as Airbnb or Booking.com."))
    url = models.CharField(
        _("address"), max_length=1000, help_text=_("The address of the calendar (iCal) at the other channel.")
    )
    rooms = models.PositiveSmallIntegerField(
        _("rooms per event"), default=1, help_text=_("How many rooms each event takes.")
    )
    is_enabled = models.BooleanField(
        _("enabled"),
        default=True,
        help_text=_("Off: it is not fetched any more, and what it blocks stays blocked."),
    )
    etag = models.CharField(max_length=255, blank=True, editable=False)
    last_modified = models.CharField(max_length=64, blank=True, editable=False)
    fetched_at = models.DateTimeField(_("last fetched"), null=True, blank=True, editable=False)
    succeeded_at = models.DateTimeField(_("last succeeded"), null=True, blank=True, editable=False)
    read_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When the whole calendar was read.")
    )
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    error = models.CharField(_("error"), max_length=300, blank=True, editable=False)
    error_code = models.CharField(max_length=40, blank=True, editable=False)
    shrunk_at = models.DateTimeField(
        _("lost many events at"), null=True, blank=True, editable=False, help_text=_("Its blocks are kept.")
    )
    problem_reported_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("external calendar")
        verbose_name_plural = _("external calendars")
        ordering = ("room_type", "name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("room_type", "url"),
                name="external_calendar_once",
                violation_error_message=_("This room type has this calendar already."),
            ),
            models.CheckConstraint(condition=Q(rooms__gte=1), name="external_calendar_rooms_positive"),
        )
        indexes = (
            # calendars_due: what the schedule fetches
            models.Index(fields=("fetched_at",), name="external_calendar_due", condition=Q(is_enabled=True)),
        )

    def __str__(self) -> str:
        return self.name


class ExternalEvent(TimeStampedModel):
    """One event of an outside calendar as it was last told: the nights ``[start, end)`` on the property's calendar."""

    calendar = models.ForeignKey(
        ExternalCalendar, models.CASCADE, related_name="events", db_index=False, verbose_name=_("calendar")
    )
    uid = models.CharField(_("UID"), max_length=255)
    occurrence = models.CharField(
        max_length=40, blank=True, help_text=_("Which one of a series; empty for a single event.")
    )
    start = models.DateField(_("first night"))
    end = models.DateField(_("end"), help_text=_("The first night that is sold again."))
    summary = models.CharField(_("summary"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("imported event")
        verbose_name_plural = _("imported events")
        ordering = ("start", "id")
        constraints = (
            models.UniqueConstraint(fields=("calendar", "uid", "occurrence"), name="external_event_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="external_event_dates_ordered"),
        )
        indexes = (
            # calendar_apply: the events of a calendar that are not over
            models.Index(fields=("calendar", "end"), name="external_event_calendar_end"),
        )

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d}-{self.end:%Y-%m-%d} {self.summary}".strip()


class ConflictState(models.TextChoices):
    OPEN = "open", pgettext_lazy("conflict", "open")
    RESOLVED = "resolved", pgettext_lazy("conflict", "resolved")


class ConflictEnd(models.TextChoices):
    BLOCKED = "blocked", _("rooms became free and are blocked")
    VANISHED = "vanished", _("the event is gone or over")
    STAFF = "staff", _("staff took care of it")


@audited(property_path="calendar__room_type__property", parent="calendar", named_with=["calendar"])
class CalendarConflict(TimeStampedModel):
    """Nights on which an outside event needs rooms that we have sold. Never dropped: open until it is resolved."""

    calendar = models.ForeignKey(
        ExternalCalendar, models.CASCADE, related_name="conflicts", verbose_name=_("calendar")
    )
    event = models.ForeignKey(
        ExternalEvent,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="conflicts",
        verbose_name=_("imported event"),
    )
    summary = models.CharField(_("summary"), max_length=200, blank=True)
    nights = ArrayField(models.DateField(), verbose_name=_("nights"))
    rooms_missing = models.PositiveSmallIntegerField(_("rooms missing"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=ConflictState, default=ConflictState.OPEN)
    resolution = models.CharField(_("resolution"), max_length=10, choices=ConflictEnd, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar conflict")
        verbose_name_plural = _("calendar conflicts")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("event",), name="calendar_conflict_open_once", condition=Q(state="open")
            ),
            models.CheckConstraint(
                condition=Q(state__in=ConflictState.values), name="calendar_conflict_state_known"
            ),
            models.CheckConstraint(
                condition=Q(resolution="", state="open", resolved_at__isnull=True)
                | Q(resolution__in=ConflictEnd.values, state="resolved", resolved_at__isnull=False),
                name="calendar_conflict_end_told",
            ),
        )

    def __str__(self) -> str:
        nights = f"{min(self.nights):%Y-%m-%d}" if self.nights else ""
        return f"{self.calendar}: {nights} {self.summary}".strip()

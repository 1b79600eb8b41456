"""One calendar into the inventory: events, blocks and conflicts in one transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.dates import property_today
from core.exceptions import NotFound, translate_integrity_errors
from inventory.channels import FeedRead
from inventory.models import ExternalCalendar, ExternalEvent, InventoryBlock
from inventory.services.setup_lock import setup_lock
from inventory.signals import calendar_read

from .blocking import events_block
from .conflicts import conflicts_update
from .merging import EVENTS_KEPT_DAYS, events_merge
from .report import ImportReport

HORIZON_MARGIN_DAYS = 7
"""Nights that are added to the inventory before the calendar is read again are blocked from their first moment."""


def import_window(calendar: ExternalCalendar, at: datetime) -> tuple[date, date]:
    """The nights ``[today, end)`` that outside events may block, on the property's calendar. No query."""
    today = property_today(calendar.room_type.property.time_zone, at)
    return today, today + timedelta(days=settings.INVENTORY_DAYS_AHEAD + HORIZON_MARGIN_DAYS)


def calendar_load(calendar_id: int) -> ExternalCalendar:
    """A calendar with its room type and house. One query. Raises `NotFound`."""
    calendar = ExternalCalendar.objects.select_related("room_type__property").filter(pk=calendar_id).first()
    if calendar is None:
        raise NotFound
    return calendar


def calendar_apply(
    *,
    calendar_id: int,
    read: FeedRead | None = None,
    at: datetime | None = None,
    is_accepting: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Bring events, blocks and conflicts of a calendar to what it says; without ``read``, to what it said last.

    Safe to repeat, and to run twice at once. ``dry_run`` rolls everything back. Sends `calendar_read` after commit.
    Locks: setup lock, then the nights that change. Raises `NotFound`, `Unavailable` ("busy").
    """
    at = at or timezone.now()
    report = ImportReport()
    with translate_integrity_errors(), transaction.atomic():
        setup_lock(property_id=calendar_load(calendar_id).room_type.property_id)
        calendar = calendar_load(calendar_id)  # as it is now that nobody else changes it
        today, end = import_window(calendar, at)
        gone: list[ExternalEvent] = []
        if read is not None:
            gone = events_merge(calendar, read, today=today, at=at, is_accepting=is_accepting, report=report)
            calendar.save(update_fields=["shrunk_at", "problem_reported_at", "updated_at"])
        _events_reconcile(calendar, gone, today=today, end=end, at=at, report=report)
        if dry_run:
            transaction.set_rollback(True)
        else:
            transaction.on_commit(
                lambda: calendar_read.send_robust(sender=ExternalCalendar, calendar_id=calendar_id),
                robust=True,
            )
    return report


def calendar_release(calendar: ExternalCalendar, *, at: datetime) -> None:
    """Release everything that a calendar blocks from today on. The caller holds the setup lock."""
    today, end = import_window(calendar, at)
    gone = list(ExternalEvent.objects.filter(calendar=calendar, end__gt=today))
    _events_reconcile(calendar, gone, today=today, end=end, at=at, report=ImportReport())


def _events_reconcile(
    calendar: ExternalCalendar,
    gone: list[ExternalEvent],
    *,
    today: date,
    end: date,
    at: datetime,
    report: ImportReport,
) -> None:
    """Blocks and conflicts of the events that are not over; ``gone`` ones give back their nights and go."""
    going = {event.pk for event in gone}
    events = [
        event
        for event in ExternalEvent.objects.filter(calendar=calendar, end__gt=today).order_by("start", "pk")
        if event.pk not in going
    ]
    moved_back = list(
        ExternalEvent.objects.filter(calendar=calendar, end__lte=today, blocks__end__gt=today).distinct()
    )
    allocation = events_block(calendar, events, [*gone, *moved_back], today=today, end=end)
    report.nights_blocked, report.nights_released = allocation.blocked, allocation.released
    conflicts_update(calendar, events, allocation.missing, at=at, report=report)
    InventoryBlock.objects.filter(event__in=going).update(
        event=None
    )  # nights that are over stay as they were
    over = today - timedelta(days=EVENTS_KEPT_DAYS)
    ExternalEvent.objects.filter(calendar=calendar, pk__in=going).delete()
    ExternalEvent.objects.filter(calendar=calendar, end__lt=over).delete()

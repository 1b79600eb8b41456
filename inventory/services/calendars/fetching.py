"""Fetching calendars of other channels: outside any transaction, asked whether they changed, at most once at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.outbound import OutboundAnswer, OutboundError, outbound_request
from core.outbox import effect_enqueue
from core.resilience.breaker import CircuitOpen
from core.resilience.services import CALENDARS, breaker_get
from inventory.channels import FeedRead, FeedUnreadable, feed_read
from inventory.models import ExternalCalendar
from inventory.selectors.channels import calendars_due, calendars_in_conflict
from inventory.signals import calendar_read

from .importing import calendar_apply, calendar_load, import_window
from .report import ImportReport

CALENDAR_MAX_BYTES = 2_000_000
REDIRECTS_MAX = 3
FETCH_SECONDS = 900
"""How often a calendar is asked."""
WHOLE_AFTER_HOURS = 24
"""A calendar is read whole so often even if it did not change: series go on, and our nights with them."""

TRANSIENT_CODES = frozenset({"outbound_timeout", "outbound_unreachable", "name_not_found"})

FETCH = "inventory.calendar_fetch"
RETRY_CONFLICTS = "inventory.calendar_conflicts_retry"

logger = structlog.get_logger(__name__)


class CalendarFetchFailed(DomainError):
    """The other channel did not give its calendar; ``is_transient``: it may in a minute. What it blocks stays."""

    code = "calendar_fetch_failed"
    http_status = 422
    message = _("The calendar could not be fetched.")

    def __init__(self, reason: str, *, code: str, is_transient: bool) -> None:
        super().__init__(reason, code=code)
        self.is_transient = is_transient


class _ServerFailed(Exception):
    """The other side has trouble of its own: counted by the breaker."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def calendar_fetches_enqueue(*, at: datetime | None = None) -> int:
    """Write an effect for every calendar that is due; how many are new. Safe to run twice at the same time."""
    at = at or timezone.now()
    slot = int(at.timestamp()) // FETCH_SECONDS
    return sum(
        effect_enqueue(
            kind=FETCH,
            payload={"calendar_id": calendar_id},
            dedup_key=f"calendar:{calendar_id}:{slot}",
            ordering_key=f"calendar:{calendar_id}",
        )
        is not None
        for calendar_id in calendars_due(at=at, every_seconds=FETCH_SECONDS)
    )


def calendar_fetch(
    *, calendar_id: int, at: datetime | None = None, is_accepting: bool = False, dry_run: bool = False
) -> ImportReport:
    """Fetch a calendar and bring it into the inventory. Never inside a transaction.

    ``is_accepting`` believes it however much it has shrunk. How it went is written on the calendar; a failure changes
    nothing else. Raises `NotFound`, `CalendarFetchFailed`, `CircuitOpen` when the host is left alone, `Unavailable`.
    """
    at = at or timezone.now()
    calendar = calendar_load(calendar_id)
    is_whole = dry_run or is_accepting or _needs_whole(calendar, at)
    try:
        answer = _ask(calendar, is_whole=is_whole)
        read = None if answer.status == HTTPStatus.NOT_MODIFIED else _read(calendar, answer, at)
    except CalendarFetchFailed as error:
        if not dry_run:
            _failed(calendar, error, at)
        raise
    report = calendar_apply(
        calendar_id=calendar_id, read=read, at=at, is_accepting=is_accepting, dry_run=dry_run
    )
    report.is_unchanged = read is None
    if not dry_run:
        _succeeded(calendar, answer, report, at, is_read=read is not None)
    return report


def conflicts_retry_enqueue(*, room_type_id: int) -> None:
    """Have the conflicts of a room type looked at again, if there are any. One query, or two."""
    if calendars_in_conflict(room_type_id=room_type_id):
        effect_enqueue(
            kind=RETRY_CONFLICTS,
            payload={"room_type_id": room_type_id},
            dedup_key=f"calendar-conflicts:{room_type_id}:{uuid4().hex}",
            ordering_key=f"calendar-conflicts:{room_type_id}",
        )


def conflicts_retry(*, room_type_id: int, at: datetime | None = None) -> int:
    """Block what could not be blocked, now that rooms may be free; how many conflicts are resolved."""
    return sum(
        calendar_apply(calendar_id=calendar_id, at=at).conflicts_resolved
        for calendar_id in calendars_in_conflict(room_type_id=room_type_id)
    )


def _needs_whole(calendar: ExternalCalendar, at: datetime) -> bool:
    return (
        calendar.shrunk_at is not None
        or calendar.read_at is None
        or at - calendar.read_at >= timedelta(hours=WHOLE_AFTER_HOURS)
    )


def _ask(calendar: ExternalCalendar, *, is_whole: bool) -> OutboundAnswer:
    headers = {"Accept": "text/calendar, */*;q=0.1"}
    if not is_whole and calendar.etag:
        headers["If-None-Match"] = calendar.etag
    if not is_whole and calendar.last_modified:
        headers["If-Modified-Since"] = calendar.last_modified
    try:
        with breaker_get(f"{CALENDARS}.{urlsplit(calendar.url).netloc.lower()}").guard():
            answer = outbound_request(
                method="GET",
                url=calendar.url,
                headers=headers,
                redirects_max=REDIRECTS_MAX,
                body_max_bytes=CALENDAR_MAX_BYTES,
            )
            if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise _ServerFailed(answer.status)
    except _ServerFailed as error:
        raise _answered(error.status, is_transient=True) from error
    except CircuitOpen:
        raise
    except OutboundError as error:
        raise CalendarFetchFailed(
            str(error), code=error.code, is_transient=error.code in TRANSIENT_CODES
        ) from error
    if answer.status not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        raise _answered(answer.status, is_transient=answer.status == HTTPStatus.TOO_MANY_REQUESTS)
    return answer


def _answered(status: int, *, is_transient: bool) -> CalendarFetchFailed:
    reason = str(_("The other channel answers with the error %(status)d.")) % {"status": status}
    return CalendarFetchFailed(reason, code=f"http_{status}", is_transient=is_transient)


def _read(calendar: ExternalCalendar, answer: OutboundAnswer, at: datetime) -> FeedRead:
    first, end = import_window(calendar, at)
    time_zone = calendar.room_type.property.time_zone
    try:
        return feed_read(answer.body, time_zone=time_zone, first=first, end=end)
    except FeedUnreadable as error:
        raise CalendarFetchFailed(str(error), code=error.code, is_transient=False) from error


def _failed(calendar: ExternalCalendar, error: CalendarFetchFailed, at: datetime) -> None:
    ExternalCalendar.objects.filter(pk=calendar.pk).update(
        fetched_at=at, failures=F("failures") + 1, error=str(error)[:300], error_code=error.code[:40]
    )
    logger.warning("calendar_fetch_failed", calendar_id=calendar.pk, code=error.code)
    calendar_read.send_robust(sender=ExternalCalendar, calendar_id=calendar.pk)


def _succeeded(
    calendar: ExternalCalendar, answer: OutboundAnswer, report: ImportReport, at: datetime, *, is_read: bool
) -> None:
    values: dict[str, Any] = {
        "fetched_at": at,
        "succeeded_at": at,
        "failures": 0,
        "error": "",
        "error_code": "",
    }
    if calendar.failures and not report.kept:
        values["problem_reported_at"] = None
    if is_read:
        # A calendar that is not believed, or not understood in parts, is asked for again as a whole.
        is_certain = not report.kept and not report.unreadable
        values |= {
            "read_at": at,
            "etag": answer.headers.get("etag", "")[:255] if is_certain else "",
            "last_modified": answer.headers.get("last-modified", "")[:64] if is_certain else "",
        }
        if report.unreadable:
            text = _("Events that cannot be understood: %(count)d. What they block stays as it is.")
            values |= {
                "error": str(text) % {"count": len(report.unreadable)},
                "error_code": "events_unreadable",
            }
    ExternalCalendar.objects.filter(pk=calendar.pk, url=calendar.url).update(**values)
    logger.info(
        "calendar_imported",
        calendar_id=calendar.pk,
        added=len(report.added),
        removed=len(report.removed),
        conflicts_open=report.conflicts_open,
        is_unchanged=report.is_unchanged,
    )

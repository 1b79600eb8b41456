"""Telling staff of what calendars of other channels could not do: conflicts, lost events, failures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, override

from accounts.models import StaffRole, User
from accounts.selectors import property_people
from bookings.services.mails.house import language_of, recipients
from core.dates import ONE_DAY
from inventory.models import CalendarConflict, ExternalCalendar
from inventory.selectors.channels import calendars_in_trouble
from inventory.services.calendars.reporting import (
    calendar_lock,
    calendar_problem_reported,
    conflicts_report,
)
from notifications.contexts import property_context
from notifications.services import domain_event_record, notification_enqueue
from notifications.types import CALENDAR_CONFLICT, GENERIC
from notifications.types.events import CALENDAR_CONFLICT as CALENDAR_CONFLICT_EVENT

TOLD_ROLES = (StaffRole.MANAGER, StaffRole.FRONT_DESK)


def calendar_troubles_report(*, calendar_id: int | None = None, at: datetime | None = None) -> int:
    """Write to the staff of every calendar (or of one) that has news of trouble; how many calendars.

    Each in one transaction: what is written of is marked, so that it is told once. Locks the calendar's row.
    """
    at = at or timezone.now()
    calendars = calendars_in_trouble(at=at)
    if calendar_id is not None:
        calendars = calendars.filter(pk=calendar_id)
    return sum(_report(pk, at) for pk in calendars.values_list("pk", flat=True))


def _report(calendar_id: int, at: datetime) -> bool:
    with transaction.atomic():
        calendar = calendar_lock(calendar_id=calendar_id)
        if calendar is None:
            return False
        people = property_people(calendar.room_type.property_id, roles=TOLD_ROLES)
        conflicts = conflicts_report(calendar_id=calendar_id, at=at)
        if conflicts:
            _conflicts_tell(calendar, conflicts, people)
        if calendar_problem_reported(calendar=calendar, at=at):
            _problem_tell(calendar, people, at)
            return True
        return bool(conflicts)


def _conflicts_tell(
    calendar: ExternalCalendar, conflicts: list[CalendarConflict], people: Iterable[User]
) -> None:
    house = calendar.room_type.property
    for conflict in conflicts:
        domain_event_record(
            type=CALENDAR_CONFLICT_EVENT,
            property_id=house.pk,
            subject=f"calendar:{calendar.pk}",
            data={
                "conflict_id": conflict.pk,
                "calendar_id": calendar.pk,
                "calendar_name": calendar.name,
                "room_type": calendar.room_type_id,
                "nights": [night.isoformat() for night in conflict.nights],
                "rooms_missing": conflict.rooms_missing,
            },
        )
    context = {
        "property": property_context(house),
        "room_type": calendar.room_type.name,
        "calendar_name": calendar.name,
        "conflicts": [
            {
                "start": conflict.nights[0].isoformat(),
                "end": (conflict.nights[-1] + ONE_DAY).isoformat(),
                "summary": conflict.summary,
                "rooms_missing": conflict.rooms_missing,
            }
            for conflict in conflicts
        ],
        "manage_url": admin_url("calendarconflict_changelist", state="open"),
    }
    newest = max(conflict.updated_at for conflict in conflicts)
    key = f"{CALENDAR_CONFLICT}:{max(conflict.pk for conflict in conflicts)}:{newest.timestamp():.0f}"
    for recipient, user in recipients(people, house.email):
        notification_enqueue(
            type=CALENDAR_CONFLICT,
            recipient=recipient,
            user=user,
            language=language_of(user),
            property_id=house.pk,
            context=context,
            dedup_key=f"{key}:{user.pk if user else 'house'}",
        )


def _problem_tell(calendar: ExternalCalendar, people: Iterable[User], at: datetime) -> None:
    house = calendar.room_type.property
    for recipient, user in recipients(people, house.email):
        language = language_of(user)
        with override(language):
            context = _problem_context(calendar, user)
        notification_enqueue(
            type=GENERIC,
            recipient=recipient,
            user=user,
            language=language,
            property_id=house.pk,
            context=context,
            dedup_key=f"calendar_problem:{calendar.pk}:{at.timestamp():.0f}:{user.pk if user else 'house'}",
        )


def _problem_context(calendar: ExternalCalendar, user: User | None) -> dict[str, Any]:
    house = calendar.room_type.property
    names = {"calendar": calendar.name, "room_type": calendar.room_type.name}
    if calendar.shrunk_at is not None:
        title = gettext("The calendar %(calendar)s has lost many events") % names
        paragraphs = [
            gettext(
                "The calendar %(calendar)s of %(room_type)s suddenly has far fewer events than before. That may be a "
                "mistake of the other channel, so nothing was put back on sale yet."
            )
            % names,
            gettext("If it still says so in six hours it is believed. You can accept it now."),
        ]
    else:
        title = gettext("The calendar %(calendar)s cannot be read") % names
        paragraphs = [
            gettext(
                "The calendar %(calendar)s of %(room_type)s has not been read for a day. What it blocked stays "
                "blocked, but new bookings of the other channel are not known here."
            )
            % names,
            calendar.error,
        ]
    return {
        "name": user.full_name if user else "",
        "title": title,
        "paragraphs": [paragraph for paragraph in paragraphs if paragraph],
        "action_url": admin_url("externalcalendar_change", calendar.pk),
        "action_label": gettext("Open the calendar"),
        "property": property_context(house),
    }


def admin_url(name: str, *args: Any, **query: str) -> str:
    """An absolute address of the administration of inventory."""
    path = reverse(f"admin:inventory_{name}", args=args)
    return settings.SITE_URL + path + (f"?{urlencode(query)}" if query else "")

"""The day of a property as staff read it in the morning."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from bookings.digest import DigestDay, digest_section, digest_section_register
from bookings.models import Booking, Review, ReviewStatus
from bookings.transitions import BookingStatus
from core.money import format_money
from inventory.models import CalendarConflict, ConflictState
from notifications.types import DigestLineContext, DigestSectionContext
from payments.selectors import folio_balances

from .groups import groups_releasing

TEXT_LENGTH = 160
GROUP_DAYS = 7


def register() -> None:
    """Make the sections of this app known; called when it is ready."""
    digest_section_register("arrivals", arrivals, position=10)
    digest_section_register("departures", departures, position=20)
    digest_section_register("in_house", in_house, position=30)
    digest_section_register("missed", missed, position=40)
    digest_section_register("requests", requests, position=50)
    digest_section_register("unpaid", unpaid, position=60)
    digest_section_register("conflicts", conflicts, position=70)
    digest_section_register("reviews", reviews, position=80)
    digest_section_register("groups", groups, position=75)


def arrivals(day: DigestDay) -> DigestSectionContext | None:
    """Who comes today. One query."""
    rows = _bookings(day).filter(status=BookingStatus.CONFIRMED, arrival=day.today)
    return _section(gettext("Arrivals today"), [_line(booking, _stay(booking)) for booking in rows])


def departures(day: DigestDay) -> DigestSectionContext | None:
    """Who leaves today. One query."""
    rows = _bookings(day).filter(status=BookingStatus.CHECKED_IN, departure__lte=day.today)
    return _section(gettext("Departures today"), [_line(booking, _stay(booking)) for booking in rows])


def in_house(day: DigestDay) -> DigestSectionContext | None:
    """Who stays on: a number. One query."""
    rows = _bookings(day).filter(status=BookingStatus.CHECKED_IN, departure__gt=day.today)
    rooms = sum(rows.values_list("rooms", flat=True))
    if not rooms:
        return None
    text = ngettext("%(count)d room is occupied", "%(count)d rooms are occupied", rooms) % {"count": rooms}
    return {"title": gettext("Staying on"), "lines": [{"text": text, "url": ""}]}


def missed(day: DigestDay) -> DigestSectionContext | None:
    """Who was expected and is not checked in. One query."""
    rows = _bookings(day).filter(
        status=BookingStatus.CONFIRMED, arrival__lt=day.today, departure__gte=day.today
    )
    return _section(
        gettext("Expected earlier and not checked in"), [_line(booking, _stay(booking)) for booking in rows]
    )


def requests(day: DigestDay) -> DigestSectionContext | None:
    """What those who come today have asked for. One query."""
    rows = (
        _bookings(day).filter(status=BookingStatus.CONFIRMED, arrival=day.today).exclude(special_requests="")
    )
    return _section(
        gettext("Requests of today's guests"),
        [_line(booking, " ".join(booking.special_requests.split())[:TEXT_LENGTH]) for booking in rows],
    )


def unpaid(day: DigestDay) -> DigestSectionContext | None:
    """What those who come, stay or leave today still owe. Two queries."""
    rows = list(
        _bookings(day).filter(
            status__in=(BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN), arrival__lte=day.today
        )
    )
    balances = folio_balances(folio_ids=[booking.folio_id for booking in rows])
    lines = [
        _line(booking, format_money(balances[booking.folio_id], booking.currency))
        for booking in rows
        if balances.get(booking.folio_id, 0) > 0
    ]
    return _section(gettext("Left to pay"), lines)


def conflicts(day: DigestDay) -> DigestSectionContext | None:
    """Events of other channels that found no room. One query."""
    rows = CalendarConflict.objects.filter(
        state=ConflictState.OPEN, calendar__room_type__property_id=day.house.pk
    ).select_related("calendar__room_type")
    lines: list[DigestLineContext] = [
        {
            "text": f"{conflict.calendar.name} · {conflict.calendar.room_type.name} · "
            f"{min(conflict.nights):%Y-%m-%d} · {conflict.summary}".rstrip(" ·"),
            "url": settings.SITE_URL + reverse("admin:inventory_calendarconflict_change", args=[conflict.pk]),
        }
        for conflict in rows.order_by("pk")
    ]
    return _section(gettext("Conflicts with other channels"), lines)


def groups(day: DigestDay) -> DigestSectionContext | None:
    """Groups that give rooms back within a week, or did so since yesterday. One query."""
    lines: list[DigestLineContext] = []
    for group in groups_releasing(property_id=day.house.pk, at=day.at, days=GROUP_DAYS):
        rooms: Any = group
        if group.released_at is not None:
            text = gettext("%(count)d room nights went back on sale") % {"count": rooms.returned}
        else:
            text = gettext("%(count)d room nights go back on sale on %(date)s") % {
                "count": rooms.left,
                "date": f"{group.release_date:%Y-%m-%d}",
            }
        url = settings.SITE_URL + reverse("admin:bookings_group_change", args=[group.pk])
        lines.append({"text": f"{group.name}: {text}", "url": url})
    return _section(gettext("Groups"), lines)


def reviews(day: DigestDay) -> DigestSectionContext | None:
    """Reviews that wait for moderation: a number. One query."""
    count = Review.objects.filter(property_id=day.house.pk, status=ReviewStatus.PENDING).count()
    if not count:
        return None
    text = ngettext("%(count)d review waits", "%(count)d reviews wait", count) % {"count": count}
    return {"title": gettext("Reviews to moderate"), "lines": [{"text": text, "url": ""}]}


def _bookings(day: DigestDay) -> QuerySet[Booking]:
    return (
        Booking.objects.filter(property_id=day.house.pk)
        .select_related("room_type")
        .defer("quote", "cancellation_terms")
        .order_by("arrival", "guest_name", "pk")
    )


def _stay(booking: Booking) -> str:
    rooms = ngettext("%(count)d room", "%(count)d rooms", booking.rooms) % {"count": booking.rooms}
    when = booking.arrival_time.strftime("%H:%M") if booking.arrival_time else ""
    parts = (f"{booking.arrival:%Y-%m-%d}-{booking.departure:%Y-%m-%d}", booking.room_type.name, rooms, when)
    return ", ".join(part for part in parts if part)


def _line(booking: Booking, text: str) -> DigestLineContext:
    return {
        "text": f"{booking.guest_name or booking.reference}: {text}",
        "url": settings.SITE_URL + reverse("admin:bookings_booking_change", args=[booking.pk]),
    }


def _section(title: str, lines: list[DigestLineContext]) -> DigestSectionContext | None:
    return digest_section(
        title,
        lines,
        more=lambda count: ngettext("and %(count)d more", "and %(count)d more", count) % {"count": count},
    )

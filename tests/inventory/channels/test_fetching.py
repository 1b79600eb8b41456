"""Asking another channel over HTTP: conditional, bounded, and never believing what is no calendar."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from bookings.services.scheduled import calendar_troubles_report
from core.models import Effect, EffectStatus, ScheduledJob
from core.schedule import job_run
from inventory.models import CalendarConflict, ExternalCalendar, ExternalEvent, RoomInventory
from inventory.services.calendars import CalendarFetchFailed, calendar_fetch, calendar_fetches_enqueue
from inventory.services.calendars.fetching import CALENDAR_MAX_BYTES
from notifications.models import DomainEvent, Notification
from tests.channel import Channel, event, ics
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel
from tests.outbox import run_effects

from .conftest import AT, FIRST

pytestmark = pytest.mark.django_db(transaction=True)


def fetch(calendar: ExternalCalendar, **options: Any) -> Any:
    return calendar_fetch(calendar_id=calendar.pk, **{"at": AT, **options})


def blocked() -> int:
    return sum(RoomInventory.objects.values_list("blocked", flat=True))


def test_what_did_not_change_is_not_sent_again(calendar: ExternalCalendar, channel: Channel) -> None:
    channel.say(event("a", FIRST), etag='"one"')
    fetch(calendar)

    again = fetch(calendar, at=AT + timedelta(minutes=15))
    next_day = fetch(calendar, at=AT + timedelta(hours=24))

    assert (again.is_unchanged, next_day.is_unchanged) == (True, False)
    assert [asked.get("If-None-Match") for asked in channel.requests] == [None, '"one"', None]
    assert blocked() == 1


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (500, b"oops", "http_500"),
        (404, b"gone", "http_404"),
        (200, b"<html>Log in</html>", "calendar_unreadable"),
        (200, b"", "calendar_unreadable"),
        (200, ics(event("a", FIRST))[:-30], "calendar_unreadable"),
        (200, b"\x00\xff" * 500, "calendar_unreadable"),
        (200, b"x" * (CALENDAR_MAX_BYTES + 1), "outbound_too_large"),
    ],
    ids=["500", "404", "page", "nothing", "cut", "garbage", "huge"],
)
def test_an_answer_that_is_no_calendar_changes_nothing(
    calendar: ExternalCalendar, channel: Channel, status: int, body: bytes, code: str
) -> None:
    channel.say(event("a", FIRST, nights=3))
    fetch(calendar)
    channel.status, channel.body = status, body

    with pytest.raises(CalendarFetchFailed) as refused:
        fetch(calendar)

    calendar.refresh_from_db()
    assert (refused.value.code, calendar.error_code, calendar.failures) == (code, code, 1)
    assert (blocked(), ExternalEvent.objects.count()) == (3, 1)


@override_settings(OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"])
def test_a_redirect_into_a_private_network_is_refused(calendar: ExternalCalendar, channel: Channel) -> None:
    channel.status, channel.headers = 302, {"Location": "http://127.0.0.2:6379/"}

    with pytest.raises(CalendarFetchFailed) as refused:
        fetch(calendar)

    assert refused.value.code == "address_refused"


def test_events_that_cannot_be_understood_keep_what_they_block(
    calendar: ExternalCalendar, channel: Channel
) -> None:
    channel.say(event("a", FIRST), event("b", FIRST + timedelta(days=5)))
    fetch(calendar)
    channel.say("BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:?\r\nEND:VEVENT", event("b", FIRST + timedelta(days=5)))

    report = fetch(calendar)

    calendar.refresh_from_db()
    assert (report.unreadable, report.removed, blocked()) == (["a"], [], 2)
    assert calendar.error_code == "events_unreadable"


@pytest.mark.parametrize(
    "planned",
    [
        "RECURRENCE-ID:some day",
        "RECURRENCE-ID;VALUE=DURATION:P1D",
        "RECURRENCE-ID:20270305\r\nRECURRENCE-ID:20270306",
    ],
)
def test_an_event_planned_for_no_date_does_not_spoil_the_others(
    calendar: ExternalCalendar, channel: Channel, planned: str
) -> None:
    channel.say(
        event("a", FIRST).replace("END:VEVENT", f"{planned}\r\nEND:VEVENT"),
        event("b", FIRST + timedelta(days=5)),
    )

    report = fetch(calendar)

    assert (report.unreadable, blocked()) == (["a"], 1)


def test_the_schedule_asks_each_calendar_once_a_quarter(calendar: ExternalCalendar, channel: Channel) -> None:
    channel.say(event("a", FIRST))

    assert [calendar_fetches_enqueue(at=AT), calendar_fetches_enqueue(at=AT)] == [1, 0]
    run_effects(kinds=["inventory.calendar_fetch"])
    assert len(channel.requests) == 1
    calendar.refresh_from_db()
    assert calendar_fetches_enqueue(at=calendar.fetched_at + timedelta(minutes=10)) == 0
    assert calendar_fetches_enqueue(at=calendar.fetched_at + timedelta(minutes=15)) == 1
    ExternalCalendar.objects.update(is_enabled=False)
    assert calendar_fetches_enqueue(at=calendar.fetched_at + timedelta(hours=15)) == 0


def test_a_dead_channel_is_tried_three_times_and_is_no_dead_letter(
    calendar: ExternalCalendar, channel: Channel
) -> None:
    channel.status = HTTPStatus.SERVICE_UNAVAILABLE
    calendar_fetches_enqueue(at=AT)

    for _attempt in range(5):
        Effect.objects.filter(status=EffectStatus.PENDING).update(due_at=AT - timedelta(days=400))
        run_effects(kinds=["inventory.calendar_fetch"])

    assert (len(channel.requests), Effect.objects.get().status) == (3, EffectStatus.DONE)


def test_staff_are_told_of_a_conflict_once(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    manager = StaffFactory.create(property=house.property)
    confirmed(house, stay=house.stay(3, 1))
    channel.say(event("a", FIRST + timedelta(days=3)))

    fetch(calendar)
    fetch(calendar)
    calendar_troubles_report(at=AT)

    mail = Notification.objects.get(type="calendar_conflict", channel="email")
    assert (mail.user, mail.context["calendar_name"]) == (manager, "Airbnb")
    assert mail.context["conflicts"] == [
        {"start": "2027-03-04", "end": "2027-03-05", "summary": "Reserved", "rooms_missing": 1}
    ]
    told = DomainEvent.objects.get(type="calendar.conflict")
    assert told.data == {
        "conflict_id": CalendarConflict.objects.get().pk,
        "calendar_id": calendar.pk,
        "calendar_name": "Airbnb",
        "room_type": house.room_type.pk,
        "nights": ["2027-03-04"],
        "rooms_missing": 1,
    }


def test_staff_are_told_once_that_a_calendar_lost_its_events_or_fails_for_a_day(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    StaffFactory.create(property=house.property)
    channel.say(event("a", FIRST))
    fetch(calendar)
    channel.say()
    fetch(calendar)
    fetch(calendar)
    told = Notification.objects.filter(type="generic", channel="email")
    assert [mail.context["title"] for mail in told] == ["The calendar Airbnb has lost many events"]

    fetch(calendar, is_accepting=True)
    channel.status = 500
    for hours in (1, 25, 26):
        with pytest.raises(CalendarFetchFailed):
            fetch(calendar, at=AT + timedelta(hours=hours))
        calendar_troubles_report(at=AT + timedelta(hours=hours))
    assert [mail.context["title"] for mail in told.order_by("pk")][1:] == [
        "The calendar Airbnb cannot be read"
    ]


def test_the_command_says_what_would_change(
    calendar: ExternalCalendar, channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.utils import timezone

    night = timezone.now().date() + timedelta(days=5)
    channel.say(event("a", night, nights=2))

    call_command("calendars_import", "--calendar", str(calendar.pk), "--dry-run")
    assert f"+ {night}-{night + timedelta(days=2)} Reserved" in capsys.readouterr().out
    assert not ExternalEvent.objects.exists()

    call_command("calendars_import")
    assert ExternalEvent.objects.count() == 1
    assert ScheduledJob.objects.get(name="inventory.calendars_import").last_succeeded_at is not None

    channel.status = 404
    with pytest.raises(SystemExit, match="1"):
        call_command("calendars_import", "--json")
    assert job_run("inventory.calendars_import") == {"calendars": 0}, "it was asked a moment ago"

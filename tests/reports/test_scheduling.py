"""Reports that are sent: due on the house's clock, once, to those who may read them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from email.message import Message
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole, User
from core.exceptions import PermissionDenied, ValidationFailed
from core.models import Effect
from notifications.models import Channel, Notification
from reports.models import ReportSchedule, Rhythm
from reports.services.scheduling import schedule_save, schedule_send_now, schedules_send
from reports.timing import due_next
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import Hotel, hotel
from tests.outbox import run_effects

from .world import MONDAY, booked

pytestmark = pytest.mark.django_db

SEND = ["reports.report_send"]
DUE = datetime(2031, 3, 10, 6, 0, tzinfo=UTC)
"""The Monday after the first week, seven in Berlin."""


def staff(house: Hotel, role: str = StaffRole.MANAGER, **more: Any) -> User:
    user: User = StaffFactory.create(property=house.property, role=role, **more)
    return user


def weekly(house: Hotel, *recipients: User, **more: Any) -> ReportSchedule:
    schedule = ReportSchedule(
        **{
            "report": "occupancy",
            "question": {"period": ["last_week"]},
            "property": house.property,
            "rhythm": Rhythm.WEEKLY,
            "weekday": 0,
            "time": time(7),
            "file_format": "pdf",
            **more,
        }
    )
    actor = recipients[0]
    return schedule_save(schedule=schedule, recipients=recipients, actor=actor, at=DUE - timedelta(days=3))


def letters() -> list[Notification]:
    return list(Notification.objects.filter(type="report", channel=Channel.EMAIL).order_by("pk"))


@pytest.mark.parametrize(
    ("rhythm", "after", "due"),
    [
        ({"rhythm": "daily"}, "2031-03-29T12:00Z", "2031-03-30T01:30Z"),  # the clock skips 2:30
        ({"rhythm": "daily"}, "2031-10-25T12:00Z", "2031-10-26T00:30Z"),  # 2:30 comes twice, the first counts
        ({"rhythm": "weekly", "weekday": 0}, "2031-03-03T01:30Z", "2031-03-10T01:30Z"),
        ({"rhythm": "monthly", "day_of_month": 31}, "2031-02-01T00:00Z", "2031-02-28T01:30Z"),
    ],
)
def test_when_it_is_due(rhythm: dict[str, Any], after: str, due: str) -> None:
    schedule = ReportSchedule(time=time(2, 30), **rhythm)

    found = due_next(schedule, time_zone="Europe/Berlin", after=datetime.fromisoformat(after))

    assert found == datetime.fromisoformat(due)


def test_a_report_of_one_room_type_says_so_in_its_mail(house: Hotel) -> None:
    question = {"period": ["last_week"], "room_type": [str(house.room_type.pk)]}
    weekly(house, staff(house), question=question, file_format="none")

    assert schedules_send(at=DUE) == 1
    run_effects(SEND, at=DUE)

    (letter,) = letters()
    assert letter.context["scope"].startswith(f"{house.property.name}, ")
    assert house.room_type.name in letter.context["scope"].removeprefix(f"{house.property.name}, ")


def test_it_is_sent_once_with_table_chart_and_file(house: Hotel) -> None:
    booked(house, 0, 2, "100.00")
    manager = staff(house)
    schedule = weekly(house, manager)
    assert schedule.next_at == DUE

    assert [schedules_send(at=DUE), schedules_send(at=DUE + timedelta(minutes=1))] == [1, 0]
    run_effects(SEND, at=DUE)
    run_effects(SEND, at=DUE)

    (letter,) = letters()
    assert letter.user == manager
    assert letter.context["period"] == "Mon, 3 Mar 2031 – Sun, 9 Mar 2031"
    assert letter.context["rows"][0][:5] == ["3 Mar", "4", "0", "4", "1"]
    run_effects(["notifications.email_send"])
    message: Message = mail.outbox[-1].message()
    parts = {part.get_content_type(): part for part in message.walk()}
    assert [part["Content-ID"] for part in message.walk() if part.get_content_type() == "image/png"] == [
        "<chart-1>",
        "<chart-2>",
    ]
    assert parts["application/pdf"].get_filename() == "occupancy-adr-and-revpar_2031-03-03_2031-03-09.pdf"
    html = parts["text/html"].get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert 'src="cid:chart-1"' in html
    assert reverse("admin:report-schedule-leave", args=[schedule.pk]) in html
    schedule.refresh_from_db()
    assert schedule.next_at == DUE + timedelta(days=7)
    assert schedule.last_sent_at is not None


def test_what_was_missed_is_sent_once_for_the_last_time(house: Hotel) -> None:
    weekly(house, staff(house), file_format="none")

    assert schedules_send(at=DUE + timedelta(days=16)) == 1

    assert Effect.objects.get(kind="reports.report_send").payload["due_at"] == "2031-03-24T06:00:00+00:00"
    assert ReportSchedule.objects.get().next_at == datetime(2031, 3, 31, 5, 0, tzinfo=UTC)


def test_who_left_or_may_not_read_it_any_more_gets_nothing(house: Hotel) -> None:
    manager, gone, demoted, idle = (staff(house, full_name=str(number)) for number in range(4))
    weekly(house, manager, gone, demoted, idle, report="revenue_channel", file_format="none")
    gone.staff_roles.all().delete()
    demoted.staff_roles.update(role=StaffRole.FRONT_DESK)
    User.objects.filter(pk=idle.pk).update(is_active=False)

    schedules_send(at=DUE)
    run_effects(SEND, at=DUE)

    assert [letter.user for letter in letters()] == [manager]


def test_paused_ones_rest_and_sending_now_tells_only_oneself(house: Hotel) -> None:
    manager, colleague = staff(house), staff(house, StaffRole.FINANCE)
    schedule = weekly(house, manager, colleague, is_paused=True, file_format="none")

    assert schedules_send(at=DUE) == 0
    schedule_send_now(schedule_id=schedule.pk, actor=colleague)
    run_effects(SEND)

    (letter,) = letters()
    assert (letter.user, letter.context["leave_url"]) == (colleague, "")
    with pytest.raises(PermissionDenied):
        schedule_send_now(schedule_id=schedule.pk, actor=staff(house, StaffRole.FRONT_DESK))


def test_each_reader_sees_their_own_houses(house: Hotel) -> None:
    other = hotel(first=MONDAY, nights=40, rooms=2)
    both, one = staff(house), staff(house)
    StaffFactory.create(property=other.property)
    both.staff_roles.create(property=other.property, role=StaffRole.MANAGER)
    weekly(house, both, one, file_format="none")

    schedules_send(at=DUE)
    run_effects(SEND, at=DUE)

    scopes = {letter.user_id: letter.context["totals"][0][1] for letter in letters()}
    assert scopes == {both.pk: str(7 * 6), one.pk: str(7 * 4)}


def test_what_makes_no_sense_is_refused(house: Hotel) -> None:
    manager, desk = staff(house), staff(house, StaffRole.FRONT_DESK)
    with pytest.raises(ValidationFailed) as refused:
        weekly(house, manager, desk, report="payments")
    assert refused.value.field == "recipients"
    with pytest.raises(ValidationFailed) as refused:
        weekly(house, manager, weekday=None)
    assert refused.value.field == "weekday"
    with pytest.raises(ValidationFailed):
        weekly(house, manager, question={"house": [str(hotel().property.pk)]})
    with pytest.raises(PermissionDenied):
        weekly(house, desk)
    assert not ReportSchedule.objects.exists()


def test_pages_set_up_send_and_leave(house: Hotel) -> None:
    manager = staff(house)
    client = Client()
    client.force_login(manager)
    page = client.get(reverse("admin:report", args=["occupancy"]) + "?period=last_month&by=week")
    add = reverse("admin:reports_reportschedule_add")
    assert f"{add}?report=occupancy&amp;asks=period%3Dlast_month%26by%3Dweek" in page.content.decode()

    answer = client.post(
        add,
        {
            "report": "occupancy",
            "asks": "period=last_month&by=week",
            "file_format": "csv",
            "recipients": [manager.pk],
            "property": house.property.pk,
            "rhythm": "monthly",
            "weekday": "",
            "day_of_month": "1",
            "time": "06:30",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    schedule = ReportSchedule.objects.get()
    assert schedule.question == {"period": ["last_month"], "by": ["week"]}
    assert list(schedule.recipients.all()) == [manager]
    assert schedule.created_by == manager
    changed = client.get(reverse("admin:reports_reportschedule_change", args=[schedule.pk]))
    assert "Send to me now" in changed.content.decode()
    client.post(reverse("admin:reports_reportschedule_send", args=[schedule.pk]))
    assert Effect.objects.filter(kind="reports.report_send").count() == 1

    leave = reverse("admin:report-schedule-leave", args=[schedule.pk])
    assert client.get(leave).status_code == 200
    assert client.post(leave).status_code == 302
    assert not schedule.recipients.exists()
    for again in (client.get(leave), client.post(leave)):
        assert again.status_code == 404
        assert "not any more" in again.content.decode()

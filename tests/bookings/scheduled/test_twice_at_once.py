"""Scheduled work run by two at the same moment happens once, and every job can be started by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import get_commands
from django.db import connection
from django.utils import timezone
from knox.models import AuthToken

from bookings.models import Booking, BookingNotice, StaffDigest
from bookings.selectors import inventory_differences
from bookings.services.scheduled import inventory_check_nightly
from bookings.services.scheduled.checks import InventoryDiffers
from core.dates import local_datetime
from core.models import Effect, ScheduledJob
from core.schedule import JobFailed, job_run, scheduled_jobs
from core.schedule.registry import beat_schedule
from inventory.models import RoomInventory
from notifications.models import Notification
from payments.models import FolioEntry
from payments.selectors import folio_charges
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import ExternalCalendarFactory, Hotel, hotel

COMMANDS = {
    "bookings.holds_expire": "holds_expire",
    "bookings.no_shows_mark": "no_shows_mark",
    "bookings.groups_release": "groups_release",
    "bookings.pre_arrival_mails_send": "pre_arrival_mails_send",
    "bookings.thank_you_mails_send": "thank_you_mails_send",
    "bookings.staff_digests_send": "staff_digests_send",
    "bookings.payments_reconcile": "payments_reconcile",
    "bookings.inventory_check": "inventory_check",
    "bookings.calendar_troubles_report": "calendar_troubles_report",
    "inventory.inventory_extend": "inventory_extend",
    "inventory.calendars_import": "calendars_import",
    "payments.ledger_check": "ledger_check",
    "payments.invoices_check": "invoices_check",
    "core.idempotency_keys_prune": "idempotency_prune",
    "core.sessions_prune": "sessions_prune",
    "accounts.tokens_prune": "tokens_prune",
    "notifications.inbox_forget": "inbox_forget",
    "waitlist.offers_make": "waitlist_offers",
    "waitlist.alerts_check": "alerts_check",
}
"""Everything that is said to happen by the clock."""

FORGETTING = ("core.sessions_prune", "accounts.tokens_prune", "notifications.inbox_forget")


def both(work: Callable[[], Any]) -> list[Any]:
    """What two threads with connections of their own say of the same work at the same moment."""
    start, results = threading.Barrier(2), []

    def one() -> None:
        try:
            start.wait()
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _thread in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2, "one of them failed"
    return results


def on_day(house: Hotel, offset: int, hour: int) -> datetime:
    return local_datetime(house.first + timedelta(days=offset), time(hour), house.property.time_zone)


@pytest.mark.parametrize(("job", "command"), COMMANDS.items())
def test_every_job_is_scheduled_and_has_a_command(job: str, command: str) -> None:
    assert job in scheduled_jobs()
    assert beat_schedule()[job]["args"] == (job,)
    assert command in get_commands()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("job", COMMANDS)
def test_every_job_records_its_success_also_with_nothing_to_do(job: str) -> None:
    at = timezone.now()

    job_run(job, at=at)

    record = ScheduledJob.objects.get(name=job)
    assert (record.last_succeeded_at, record.failures_in_a_row, record.last_error) == (at, 0, "")


@pytest.mark.django_db(transaction=True)
def test_a_no_show_is_marked_and_charged_once() -> None:
    house = hotel(rooms=3, nights=6)
    bookings = [confirmed(house, stay=house.stay(0, 2)) for _booking in range(3)]
    entries = FolioEntry.objects.count()

    told = both(lambda: job_run("bookings.no_shows_mark", at=on_day(house, 1, 13)))

    assert sum(told) == 3
    assert Booking.objects.filter(status="no_show", version=bookings[0].version + 1).count() == 3
    assert [folio_charges(folio_id=booking.folio_id) for booking in bookings] == [
        booking.total for booking in bookings
    ]
    assert FolioEntry.objects.count() == entries, "the fee is the total: nothing is taken off"
    assert Notification.objects.filter(type="booking_no_show", channel="email").count() == 3
    assert (house.inventory().sold, inventory_differences()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_mails_and_overviews_are_written_once() -> None:
    house = hotel(rooms=4, nights=6)
    StaffFactory.create(property=house.property)
    for _booking in range(2):
        confirmed(house, stay=house.stay(0, 2))
    stayed = [confirmed(house, stay=house.stay(0, 1)) for _booking in range(2)]
    for status in ("checked_in", "checked_out"):
        Booking.objects.filter(pk__in=[booking.pk for booking in stayed]).update(status=status)

    before = both(lambda: job_run("bookings.pre_arrival_mails_send", at=on_day(house, -1, 12)))
    after = both(lambda: job_run("bookings.thank_you_mails_send", at=on_day(house, 2, 12)))
    morning = both(lambda: job_run("bookings.staff_digests_send", at=on_day(house, 0, 8)))

    assert (sum(before), sum(after), sum(morning)) == (2, 2, 1)
    kinds = Notification.objects.filter(channel="email").values_list("type", flat=True)
    assert [sum(kind == name for kind in kinds) for name in ("pre_arrival", "thank_you", "staff_digest")] == [
        2,
        2,
        1,
    ]
    assert (BookingNotice.objects.count(), StaffDigest.objects.count()) == (4, 1)


@pytest.mark.django_db(transaction=True)
def test_calendars_are_asked_once() -> None:
    for _calendar in range(3):
        ExternalCalendarFactory.create()
    at = timezone.now()

    told = both(lambda: job_run("inventory.calendars_import", at=at))

    assert sum(result["calendars"] for result in told) == 3
    assert Effect.objects.filter(kind="inventory.calendar_fetch").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_difference_of_the_inventory_is_an_error_that_superusers_read_once_a_day() -> None:
    root = SuperuserFactory.create()
    house = hotel(rooms=1, nights=2)
    RoomInventory.objects.filter(date=house.first).update(sold=1)
    at = timezone.now()

    with pytest.raises(InventoryDiffers):
        inventory_check_nightly(at=at)
    with pytest.raises(JobFailed):
        job_run("bookings.inventory_check", at=at)

    mail = Notification.objects.get(type="generic", channel="email")
    assert (mail.user, mail.context["title"]) == (root, "inventory_check found differences")
    record = ScheduledJob.objects.get(name="bookings.inventory_check")
    assert (record.failures_in_a_row, record.last_succeeded_at) == (1, None)


@pytest.mark.django_db(transaction=True)
def test_a_broken_ledger_is_an_error_that_superusers_read() -> None:
    SuperuserFactory.create()
    booking = confirmed(hotel(rooms=1, nights=3))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE payments_folioentry SET amount = amount + 1 WHERE folio_id = %s AND kind = 'payment'",
            [booking.folio_id],
        )
        cursor.execute("SET session_replication_role = DEFAULT")

    with pytest.raises(JobFailed):
        job_run("payments.ledger_check")

    assert Notification.objects.get(type="generic", channel="email").context["title"] == (
        "ledger_check found differences"
    )


@pytest.mark.django_db
def test_what_is_over_is_forgotten_and_the_rest_stays() -> None:
    at = timezone.now()
    user = StaffFactory.create(property=hotel(rooms=1, nights=1).property)
    for days, key in ((-1, "over"), (1, "running")):
        Session.objects.create(session_key=key, session_data="", expire_date=at + timedelta(days=days))
        token, _text = AuthToken.objects.create(user=user)
        AuthToken.objects.filter(pk=token.pk).update(expiry=at + timedelta(days=days))
    for days, channel in ((181, "inbox"), (179, "inbox"), (500, "email")):
        Notification.objects.create(
            user=user,
            channel=channel,
            recipient=user.email,
            type="generic",
            status="sent",
            dedup_key=f"{channel}:{days}",
            sent_at=at - timedelta(days=days),
            read_at=at - timedelta(days=days),
        )

    done = [job_run(job, at=at) for job in FORGETTING]

    assert done == [1, 1, 1]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["running"]
    assert (AuthToken.objects.count(), Notification.objects.count()) == (1, 2)

"""What is older than the policy says goes, at the boundary to the day; what is younger, open or owed stays."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.privacy.retention import retention_apply, retention_rules
from accounts.services import user_create
from bookings.models import Booking, Guest, SpaceBooking
from core.audit.sealing import entries_seal
from core.audit.verifying import audit_verify
from core.models import AuditEntry
from core.schedule import scheduled_jobs
from notifications.models import Notification, NotificationStatus
from payments.models import EntryKind, FolioEntry, Invoice, WebhookEvent
from tests.factories.inventory import hotel
from tests.factories.reviews import lived
from waitlist.models import PriceAlert, WaitlistEntry

from .world import EMAIL, GUEST, PHONE, everything_known, tables_that_say

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def days(settings: Any, **of: int) -> None:
    """Keep these so many days, and everything else for ever."""
    settings.RETENTION_DAYS = dict.fromkeys(settings.RETENTION_DAYS, 0) | of


def test_the_policy_is_one_table_whose_jobs_and_settings_exist(settings: Any) -> None:
    rules = {rule.key: rule for rule in retention_rules()}
    assert {key for key, rule in rules.items() if not rule.setting} == set(settings.RETENTION_DAYS)
    for rule in rules.values():
        assert rule.days >= 0
        assert not rule.job or rule.job in scheduled_jobs()
    assert "accounts.retention_apply" in scheduled_jobs()


class TestStays:
    def test_the_guest_goes_the_day_after_the_last_that_is_kept(self, settings: Any) -> None:
        days(settings, stays=100)
        booking = lived(hotel(), guest=GUEST)
        end = timezone.now().replace(
            year=booking.departure.year, month=booking.departure.month, day=booking.departure.day
        )
        assert retention_apply(at=end + 100 * DAY)["stays"] == 0
        assert retention_apply(at=end + 101 * DAY, dry_run=True)["stays"] == 1
        booking.refresh_from_db()
        assert booking.guest_name == GUEST.name
        assert retention_apply(at=end + 101 * DAY)["stays"] == 1
        after = Booking.objects.get(pk=booking.pk)
        assert (after.guest_name, after.guest_email, after.total) == ("", "", booking.total)
        assert retention_apply(at=end + 101 * DAY)["stays"] == 0
        assert "core_auditentry" not in tables_that_say(PHONE)

    def test_what_is_owed_waits(self, settings: Any) -> None:
        days(settings, stays=1)
        booking = lived(hotel(), guest=GUEST)
        FolioEntry.objects.create(
            folio=booking.folio, kind=EntryKind.CHARGE, description="Bar", amount=Decimal(9)
        )
        assert retention_apply(at=timezone.now() + 900 * DAY)["stays"] == 0
        booking.refresh_from_db()
        assert booking.guest_name == GUEST.name

    def test_a_house_may_keep_longer_or_shorter(self, settings: Any) -> None:
        days(settings, stays=100)
        soon, late, usual = (lived(hotel(), guest=GUEST) for _number in range(3))
        settings.RETENTION_BY_PROPERTY = {
            soon.property.slug: {"stays": 10},
            late.property.slug: {"stays": 0},
        }
        retention_apply(at=timezone.now() + 60 * DAY)
        assert list(Booking.objects.order_by("pk").values_list("guest_name", flat=True)) == [
            "",
            GUEST.name,
            GUEST.name,
        ]
        retention_apply(at=timezone.now() + 300 * DAY)
        assert list(Booking.objects.order_by("pk").values_list("guest_name", flat=True)) == [
            "",
            GUEST.name,
            "",
        ]
        assert usual.pk != late.pk

    def test_batches_go_to_the_end(self, settings: Any) -> None:
        days(settings, stays=1)
        house = hotel(nights=4, rooms=5)
        for _number in range(3):
            lived(house, guest=GUEST)
        assert retention_apply(at=timezone.now() + 90 * DAY, batch_rows=1)["stays"] == 3


def test_everything_else_that_is_old_goes_too(settings: Any) -> None:
    settings.RETENTION_DAYS = dict.fromkeys(settings.RETENTION_DAYS, 30) | {"idle_accounts": 30}
    known = everything_known()
    Notification.objects.update(status=NotificationStatus.SENT)
    WaitlistEntry.objects.update(status="left", ended_at=timezone.now())
    WebhookEvent.objects.update(processed_at=timezone.now())
    User.objects.filter(pk=known.user.pk).update(last_login=timezone.now())
    waiting = Notification.objects.create(recipient="b@example.com", type="generic", dedup_key="waits")

    retention_apply(at=timezone.now() + 200 * DAY)

    assert list(Notification.objects.all()) == [waiting]
    assert WaitlistEntry.objects.get().guest_email == ""
    assert not PriceAlert.objects.exists()
    assert set(SpaceBooking.objects.values_list("guest_name", flat=True)) == {""}
    assert set(WebhookEvent.objects.values_list("payload__billing", flat=True)) == {None}
    invoice = Invoice.objects.get()
    assert (invoice.recipient_name, invoice.recipient["address"], invoice.stay["guest"]) == ("", "", "")
    assert invoice.total == known.booking.total
    assert not AuditEntry.objects.exclude(ip="").exists()
    known.user.refresh_from_db()
    assert known.user.email.endswith("@erased.invalid")
    entries_seal()
    assert audit_verify().problems == []
    left = tables_that_say("zqx-", PHONE)
    assert set(left) <= {"bookings_registration"}, left


def test_only_accounts_that_nobody_confirmed_and_used_are_deleted(settings: Any) -> None:
    days(settings, unconfirmed=14)
    unused = user_create(email="unused@example.com")
    confirmed = user_create(email="confirmed@example.com", is_verified=True)
    staff = user_create(email="staff@example.com", is_staff=True)
    booked = user_create(email="booked@example.com")
    lived(hotel(), user=booked)
    assert retention_apply(at=timezone.now() + 13 * DAY)["unconfirmed"] == 0
    assert retention_apply(at=timezone.now() + 15 * DAY)["unconfirmed"] == 1
    emails = set(User.objects.values_list("email", flat=True))
    assert {confirmed.email, staff.email, booked.email} <= emails
    assert unused.email not in emails
    assert "core_auditentry" not in tables_that_say("unused@example.com")


def test_profiles_without_stays_go_and_others_stay(settings: Any) -> None:
    days(settings, profiles=30)
    house = hotel()
    Guest.objects.create(property=house.property, name="Zqx-old", notes="x")
    retention_apply(at=timezone.now() + 31 * DAY)
    assert not Guest.objects.exists()
    assert tables_that_say("zqx-old") == {}


class TestCommand:
    def test_it_says_what_it_did_or_would_do(self, capsys: Any, settings: Any) -> None:
        days(settings)
        call_command("retention_apply", dry_run=True)
        assert "stays: 0 would go" in capsys.readouterr().out
        call_command("retention_apply", as_json=True)
        assert json.loads(capsys.readouterr().out)["stays"] == 0
        call_command("retention_apply", policy=True, as_json=True)
        assert json.loads(capsys.readouterr().out)["exports"] == settings.EXPORT_DAYS

    def test_an_unknown_rule_is_refused(self) -> None:
        with pytest.raises(CommandError, match="No rule nonsense"):
            call_command("retention_apply", only=["nonsense"])


def test_another_process_at_the_same_time_takes_other_rows(settings: Any) -> None:
    """Rows that somebody has locked are left for the next run, nobody waits."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection, transaction

    days(settings, stays=1)
    house = hotel(nights=4, rooms=5)
    first, second = lived(house, guest=GUEST), lived(house, guest=GUEST)

    def elsewhere() -> int:
        try:
            return retention_apply(at=timezone.now() + 90 * DAY)["stays"]
        finally:
            connection.close()

    with transaction.atomic():
        Booking.objects.select_for_update().get(pk=first.pk)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(elsewhere).result(timeout=60) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.guest_email, second.guest_email) == (EMAIL, "")

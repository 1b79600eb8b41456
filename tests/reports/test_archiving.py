"""Stays of long ago are archived: their guests go, every figure stays."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bookings.models import Booking, BookingNote, Guest
from bookings.services import archiving
from bookings.services.archiving import bookings_archive
from core.audit.verifying import audit_verify
from core.cache import read
from core.cache.client import cache_server
from core.models.audit import AuditEntry
from notifications.models import Notification, NotificationStatus
from payments.models import EntryKind, FolioEntry
from reports.catalogue import REPORTS
from reports.selectors.daily import daily_differences
from reports.services.days import daily_stats_refresh
from reports.types import Period
from tests.factories.accounts import UserFactory
from tests.factories.inventory import Hotel

from .world import MONDAY, booked, noon, scope, small_world

pytestmark = pytest.mark.django_db

LATER = noon(0) + timedelta(days=4000)
PERIOD = Period(MONDAY - timedelta(days=30), MONDAY + timedelta(days=40))
GUEST: dict[str, Any] = {
    "guest_name": "Ada Lovelace",
    "guest_email": "ada@example.org",
    "guest_phone": "+4930123456",
    "special_requests": "A cot for Byron",
    "staff_notes": "Pays late, Ada",
    "guest_country": "GB",
}


def figures(house: Hotel) -> dict[str, Any]:
    """What every report says."""
    cache_server().redis.flushdb()
    read.local.clear()
    return {
        key: [(row.key, dict(row.cells)) for row in report.run(scope=scope(house), period=PERIOD).rows]
        for key, report in REPORTS.items()
    }


def old_stay(house: Hotel, arrival: int = 5, **more: Any) -> Booking:
    guest = Guest.objects.create(property=house.property, name="Ada Lovelace", notes="Counts")
    quote = {
        "tax_included": "7.00",
        "lines": [{"kind": "tax", "label": "VAT", "amount": "7.00", "is_included": True}],
        "nights": [{"date": "2031-03-08", "price": "100.00"}],
    }
    return booked(
        house, arrival, 2, **{"status": "checked_out", "guest": guest, "quote": quote, **GUEST, **more}
    )


def test_every_figure_stays_and_the_guest_goes(house: Hotel) -> None:
    small_world(house)
    booking = old_stay(house, user=UserFactory.create())
    BookingNote.objects.create(booking=booking, text="Ada likes engines")
    Notification.objects.create(
        recipient="ada@example.org", type="generic", status=NotificationStatus.SENT, dedup_key="old"
    )
    waiting = Notification.objects.create(recipient="x@example.org", type="generic", dedup_key="waiting")
    before = figures(house)
    seen = bookings_archive(years=10, dry_run=True, at=LATER)

    done = bookings_archive(years=10, at=LATER)

    assert figures(house) == before
    daily_stats_refresh()
    assert daily_differences() == []
    # Beside Ada's, the world's stays are over and nobody's, but for what was sold and never came to an end.
    assert (done.stays, done.open, done.notes, done.profiles, done.messages) == (1, 0, 1, 1, 1)
    assert (seen.stays, seen.notes, seen.messages) == (1, 1, 1)
    booking.refresh_from_db()
    assert [getattr(booking, name) for name in archiving.TEXTS] == [""] * len(archiving.TEXTS)
    assert (booking.user_id, booking.guest_id, booking.guest_country) == (None, None, "GB")
    assert (set(booking.quote), booking.tax_included) == ({"tax_included", "lines"}, Decimal(7))
    assert booking.nights.count() == 2
    assert list(Notification.objects.all()) == [waiting]
    kept = json.dumps(list(AuditEntry.objects.values_list("before", "after")))
    for word in ("Ada", "ada@", "30123456"):
        assert word not in kept
    assert AuditEntry.objects.filter(model="bookings.booking", object_id=str(booking.pk)).count() >= 2

    assert set(bookings_archive(years=10, at=LATER).as_json().values()) == {0}


def test_what_is_young_open_or_not_settled_stays_as_it_is(house: Hotel) -> None:
    owing = old_stay(house)
    FolioEntry.objects.create(folio=owing.folio, kind=EntryKind.CHARGE, description="Bar", amount=Decimal(9))
    expected = old_stay(house, 7, status="confirmed")
    young = old_stay(house, 20)

    done = bookings_archive(years=1, at=noon(15) + timedelta(days=366))

    assert (done.stays, done.open) == (0, 1)
    for booking in (owing, expected, young):
        booking.refresh_from_db()
        assert booking.guest_name == "Ada Lovelace"
    assert Guest.objects.count() == 3


def test_it_goes_on_where_it_was_killed(house: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
    for arrival in range(3):
        old_stay(house, arrival)
    balances, asked = archiving.folio_balances, []

    def killed(**given: Any) -> Any:
        asked.append(given)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return balances(**given)

    monkeypatch.setattr(archiving, "folio_balances", killed)
    with pytest.raises(KeyboardInterrupt):
        bookings_archive(years=10, at=LATER, batch_rows=1)
    assert Booking.objects.filter(guest_name="").count() == 1

    done = bookings_archive(years=10, at=LATER, batch_rows=1)

    assert (done.stays, done.profiles) == (2, 3)
    assert not Booking.objects.exclude(guest_name="").exists()


def test_the_command_counts_first_and_keeps_a_year_at_least(house: Hotel) -> None:
    stay = old_stay(house)
    Booking.objects.filter(pk=stay.pk).update(
        arrival=timezone.now().date() - timedelta(days=900),
        departure=timezone.now().date() - timedelta(days=898),
    )
    out = StringIO()

    call_command("bookings_archive", "--older-than", "2", "--dry-run", "--json", stdout=out)
    assert json.loads(out.getvalue()) | {"stays": 1, "dry_run": True} == json.loads(out.getvalue())
    stay.refresh_from_db()
    assert stay.guest_name == "Ada Lovelace"
    call_command("bookings_archive", "--older-than", "2", stdout=out)
    stay.refresh_from_db()
    assert stay.guest_name == ""
    with pytest.raises(CommandError, match="one year"):
        call_command("bookings_archive", "--older-than", "0")


@pytest.mark.django_db(transaction=True)
def test_the_chain_of_the_log_holds_without_the_guests(house: Hotel) -> None:
    BookingNote.objects.create(booking=old_stay(house), text="Ada likes engines")
    head = audit_verify().head

    done = bookings_archive(years=10, at=LATER)

    assert (done.stays, done.notes) == (1, 1)
    assert done.log_entries >= 4
    assert audit_verify(head=head).problems == []

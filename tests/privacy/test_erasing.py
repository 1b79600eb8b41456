"""Erasing a person: no trace of them in any table, no figure changed, refused while something binds them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Erasure, User
from accounts.privacy.erasing import ErasureRefused, erasure_preview, person_erase
from accounts.privacy.finding import PersonUnknown, person_by_email, person_by_reference, person_by_user
from accounts.privacy.records import records_read
from accounts.services import user_create
from bookings.models import Booking, Registration, Review
from core.audit.sealing import entries_seal
from core.audit.verifying import audit_verify
from payments.models import EntryKind, FolioEntry, Invoice
from payments.selectors import ledger_problems
from reports.catalogue import REPORTS
from reports.types import Period, Scope
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import hotel
from tests.factories.reviews import lived
from waitlist.models import WaitlistEntry

from .world import EMAIL, GUEST, IP, KEPT_BY_LAW, MARK, PHONE, counts, everything_known, tables_that_say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _list(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")


def test_no_table_knows_the_person_any_more() -> None:
    known = everything_known()
    entries_seal()
    before = tables_that_say(MARK, PHONE, IP, known.booking.access_token_hash)
    assert len(before) > 25, "the world does not hold much about its person"

    report = person_erase(person_by_email(EMAIL), actor=known.staff)

    left = tables_that_say(MARK, PHONE, IP, known.booking.access_token_hash)
    in_log = left.pop("core_auditentry")
    assert [row for row in in_log if ",insert,payments.invoice," not in row] == []
    assert {table: rows for table, rows in left.items() if table not in KEPT_BY_LAW} == {}
    assert set(left) == KEPT_BY_LAW
    assert report.log_entries > 5
    entries_seal()
    assert audit_verify().problems == []
    erased = Erasure.objects.get()
    assert (erased.uid, erased.erased_by, erased.is_own) == (report.uid, known.staff, False)


def test_figures_ledger_and_invoices_stay() -> None:
    known = everything_known()
    booking, house = known.booking, known.house
    WaitlistEntry.objects.update(status="left", ended_at=timezone.now())  # whoever is erased leaves the queue
    scope = Scope((house.property.pk,))
    period = Period(house.first - timedelta(days=30), house.first + timedelta(days=30))

    def figures() -> Any:
        from core.cache import read
        from core.cache.client import cache_server

        cache_server().redis.flushdb()
        read.local.clear()
        return {
            key: [(row.key, dict(row.cells)) for row in report.run(scope=scope, period=period).rows]
            for key, report in REPORTS.items()
        }

    kept = ("payments_folioentry", "payments_invoice", "bookings_bookingnight", "bookings_booking")
    seen, rows = figures(), counts()
    ledger = list(FolioEntry.objects.order_by("pk").values())
    invoice = Invoice.objects.values().get()

    person_erase(person_by_user(known.user.pk))

    assert figures() == seen
    assert {table: counts()[table] for table in kept} == {table: rows[table] for table in kept}
    assert list(FolioEntry.objects.order_by("pk").values()) == ledger
    assert Invoice.objects.values().get() == invoice
    assert list(ledger_problems()) == []
    after = Booking.objects.get(pk=booking.pk)
    same = ("reference", "arrival", "departure", "total", "status", "channel", "guest_country", "folio_id")
    assert [getattr(after, name) for name in same] == [getattr(booking, name) for name in same]
    assert (after.guest_name, after.guest_email, after.user_id, after.guest_id) == ("", "", None, None)
    assert after.version == booking.version + 1
    review = Review.objects.get(booking=booking)
    assert (review.text, review.author_name, review.score) == ("", "", Decimal("4.20"))
    assert Registration.objects.filter(booking=booking).exists()


def test_the_account_is_an_empty_shell_that_nobody_enters(client: Any) -> None:
    user = user_create(email="ada@example.com", password="a lantern over the door", is_verified=True)
    client.force_login(user)

    person_erase(person_by_user(user.pk), actor=user)

    shell = User.objects.get(pk=user.pk)
    assert shell.email == f"erased-{user.pk}@erased.invalid"
    assert (shell.is_active, shell.full_name, shell.has_usable_password()) == (False, "", False)
    assert client.get("/account/profile/").status_code == 302
    assert Erasure.objects.get().is_own
    assert user_create(email="ada@example.com").pk != user.pk


def test_twice_finds_nobody() -> None:
    everything_known()
    person_erase(person_by_email(EMAIL))
    with pytest.raises(PersonUnknown):
        person_by_email(EMAIL)
    assert Erasure.objects.count() == 1


def test_a_guest_without_an_account_is_found_by_a_booking() -> None:
    house = hotel(nights=6)
    stay = lived(house, guest=GUEST)
    other = lived(house, stay=house.stay())
    person_erase(person_by_reference(stay.reference.lower()))
    stay.refresh_from_db()
    other.refresh_from_db()
    assert (stay.guest_name, other.guest_name) == ("", "Ada Lovelace")


def test_others_of_the_same_house_are_left_alone() -> None:
    known = everything_known()
    other = user_create(email="bob@example.com", full_name="Bob", is_verified=True)
    theirs = lived(known.house, user=other)
    profile_before = Booking.objects.get(pk=theirs.pk)
    person_erase(person_by_email(EMAIL))
    other.refresh_from_db()
    assert (other.full_name, other.is_active) == ("Bob", True)
    assert Booking.objects.get(pk=theirs.pk).guest_name == profile_before.guest_name != ""


def test_a_preview_says_what_would_go_and_changes_nothing() -> None:
    everything_known()
    before = counts(), tables_that_say(MARK)
    report = erasure_preview(person_by_email(EMAIL))
    assert report.rows["bookings.booking"] == 1
    assert report.refusals == []
    assert (counts(), tables_that_say(MARK)) == before


class TestRefused:
    def codes(self, email: str = "ada@example.com") -> list[str]:
        before = counts(), tables_that_say("ada@example.com")
        with pytest.raises(ErasureRefused) as refused:
            person_erase(person_by_email(email))
        assert (counts(), tables_that_say("ada@example.com")) == before
        assert not list(records_read())
        return [reason["code"] for reason in refused.value.data["reasons"]]

    def test_with_a_stay_ahead(self) -> None:
        booking = confirmed(hotel())
        assert self.codes() == ["stay_ahead"]
        assert booking.reference in str(
            erasure_preview(person_by_email("ada@example.com")).refusals[0].message
        )

    def test_while_rooms_are_held(self) -> None:
        held(hotel())
        assert "stay_ahead" in self.codes()

    def test_with_money_that_is_owed(self) -> None:
        booking = lived(hotel())
        FolioEntry.objects.create(
            folio=booking.folio, kind=EntryKind.CHARGE, description="Bar", amount=Decimal(9)
        )
        assert self.codes() == ["money_owed"]

    def test_who_works_here(self) -> None:
        staff = StaffFactory.create(property=hotel().property, email="ada@example.com")
        assert self.codes() == ["is_staff"]
        staff.refresh_from_db()
        assert staff.email == "ada@example.com"

    def test_not_after_the_stay_is_over_and_paid(self) -> None:
        lived(hotel())
        assert person_erase(person_by_email("ada@example.com"), at=timezone.now()).uid

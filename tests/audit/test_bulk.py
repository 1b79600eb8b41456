"""What an import of history leaves in the log: sums that can be checked, and nothing silent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from bookings.imports.services import bookings_import
from bookings.models import Booking, BookingNight
from core.audit import audit_in_bulk, audit_origin
from core.audit.selectors import audit_for
from core.audit.verifying import audit_verify
from core.models import AuditEntry
from payments.models import Folio, FolioEntry, Payment
from tests.bookings.imports.files import csv_write, raw
from tests.factories.bookings import held
from tests.factories.inventory import hotel

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DIGEST = """
SELECT encode(sha256(string_agg(sha256(convert_to(r::text, 'UTF8')), ''::bytea ORDER BY r.id)), 'hex'), count(*)
  FROM {table} r
"""
SUMMED_UP = (Booking, BookingNight, Folio, FolioEntry, Payment)


@pytest.mark.django_db(transaction=True)
def test_an_import_leaves_one_entry_for_each_table_and_it_proves_the_rows(tmp_path: Path, settings) -> None:
    settings.INVENTORY_DAYS_AHEAD = 5
    rows = [raw(), raw(adults="1"), raw(reservation_status="Canceled")]
    with audit_origin("command", "import_bookings"):
        bookings_import(path=csv_write(tmp_path / "file.csv", rows), at=NOW)

    for model in SUMMED_UP:
        (entry,) = AuditEntry.objects.filter(model=model._meta.label_lower)
        with connection.cursor() as cursor:
            cursor.execute(DIGEST.format(table=model._meta.db_table))
            digest, count = cursor.fetchone()
        ids = sorted(model.objects.values_list("pk", flat=True))
        assert (entry.operation, entry.object_id, entry.before, entry.after) == ("insert", "", None, None)
        assert entry.keys == {"rows": count, "sha256": digest, "ids": f"{{[{ids[0]},{ids[-1] + 1})}}"}
        assert (entry.origin, entry.place) == ("command", "import_bookings")
        assert entry.property_id == Booking.objects.first().property_id

    booking = Booking.objects.first()
    Booking.objects.filter(pk=booking.pk).update(staff_notes="Late")
    changed, brought = audit_for(booking, is_own_only=True)
    assert (changed.operation, brought.operation, brought.rows) == ("update", "insert", "3 rows")
    assert audit_verify().problems == []


@pytest.mark.django_db
def test_only_new_rows_of_that_transaction_are_summed_up() -> None:
    stay = held(hotel()).booking
    with transaction.atomic():
        audit_in_bulk()
        Booking.objects.filter(pk=stay.pk).update(staff_notes="Late")
        stay.nights.all().delete()
    done = AuditEntry.objects.filter(parent_id=str(stay.pk), operation="delete")
    assert done.get().model == "bookings.bookingnight"
    assert AuditEntry.objects.get(model="bookings.booking", operation="update").after["staff_notes"] == "Late"


@pytest.mark.django_db(transaction=True)
def test_the_switch_ends_with_its_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        audit_in_bulk()
    house = hotel()
    with transaction.atomic():
        audit_in_bulk()
    stay = held(house).booking
    assert AuditEntry.objects.filter(model="bookings.booking", object_id=str(stay.pk)).exists()

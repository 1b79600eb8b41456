"""Whole imports into the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum
from pytest_django.fixtures import Settings

from bookings.imports import services
from bookings.imports.exceptions import ImportFailed
from bookings.imports.refusals import RefusalReason
from bookings.imports.services import bookings_import
from bookings.imports.source import RawBooking, SourceRow
from bookings.models import Booking, BookingNight
from bookings.selectors import inventory_differences
from bookings.transitions import BookingStatus
from core.dates import StayDates
from core.formats import format_day
from inventory.models import Property, RatePlan, Room, RoomInventory, RoomType
from inventory.presentation import quote_rows
from inventory.selectors import quote_get
from inventory.types import Party
from payments.models import FolioEntry, Payment
from payments.selectors import folio_balance, ledger_problems

from .files import SAMPLE, csv_write, raw, real_slice

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _short_horizon(settings: Settings) -> None:
    settings.INVENTORY_DAYS_AHEAD = 40


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bookings.csv"


def book_of(line: int) -> Booking:
    return Booking.objects.get(source__startswith=f"hotel-bookings:{line}:")


def books_are_sound() -> bool:
    return not inventory_differences() and not ledger_problems()


def test_the_sample_adds_up() -> None:
    result = bookings_import(path=SAMPLE, shift_to=TODAY, at=NOW)

    assert result.rows == 2046
    assert result.taken.total() + result.left_out + result.refused.total() == result.rows
    assert result.already_there == 0
    assert result.refused[RefusalReason.RATE_NEGATIVE] == result.refused[RefusalReason.RATE_ABSURD] == 1
    assert result.taken.total() == Booking.objects.count()
    for status, count in result.taken.items():
        assert Booking.objects.filter(status=status).count() == count
    assert set(result.taken) == {
        BookingStatus.CHECKED_OUT,
        BookingStatus.CHECKED_IN,
        BookingStatus.CONFIRMED,
        BookingStatus.CANCELLED,
        BookingStatus.NO_SHOW,
    }
    assert not Booking.objects.filter(created_at__gt=NOW).exists()
    assert Property.objects.filter(is_published=True).count() == 2
    assert BookingNight.objects.aggregate(Sum("price")) == {
        "price__sum": Booking.objects.aggregate(total=Sum("total"))["total"]
    }
    assert books_are_sound()


@pytest.mark.slow
def test_the_beginning_of_the_real_file_twice(tmp_path: Path) -> None:
    path = real_slice(tmp_path / "slice.csv")

    first = bookings_import(path=path, at=NOW)
    again = bookings_import(path=path, at=NOW)

    assert first.taken.total() + first.refused.total() == first.rows
    assert again.taken.total() == 0
    assert again.already_there == first.taken.total() == Booking.objects.count()
    assert again.refused == first.refused
    assert Room.objects.count() == Room.objects.filter(is_active=True).count() > 0
    assert books_are_sound()


def test_a_stay_that_was_paid_at_check_out(file: Path) -> None:
    bookings_import(path=csv_write(file, [raw()]), at=NOW)

    booking = book_of(2)
    assert booking.status == BookingStatus.CHECKED_OUT
    assert (booking.arrival, booking.departure) == (date(2016, 5, 9), date(2016, 5, 11))
    assert (booking.total, booking.deposit_due, booking.currency) == (Decimal("151.00"), Decimal(0), "EUR")
    assert (booking.room_type.code, booking.rate_plan.code) == ("A", "BB-FLEX")
    assert booking.created_at.date() == date(2016, 4, 29)
    assert booking.checked_in_at
    assert booking.checked_out_at
    assert booking.checked_in_at.date() == date(2016, 5, 9)
    assert booking.checked_out_at.date() == date(2016, 5, 11)
    assert [night.price for night in booking.nights.all()] == [Decimal("75.500")] * 2
    assert folio_balance(folio_id=booking.folio_id) == 0
    assert Payment.objects.get().captured_at == booking.checked_out_at
    assert [(row.label, row.amount) for row in quote_rows(booking.quote)] == [
        (format_day(night), Decimal("75.50")) for night in (date(2016, 5, 9), date(2016, 5, 10))
    ]
    assert booking.cancellation_terms["tiers"][0]["hours_before"] == 24
    assert booking.cancellation_terms["arrival_at"] == "2016-05-09T14:00:00+00:00"


@pytest.mark.parametrize(
    ("changes", "status", "fee", "entries"),
    [
        ({"reservation_status": "Canceled"}, "cancelled", "0", ["charge", "reversal"]),
        (
            {"reservation_status": "Canceled", "deposit_type": "Non Refund"},
            "cancelled",
            "151.00",
            ["charge", "payment"],
        ),
        ({"reservation_status": "No-Show"}, "no_show", "0", ["charge", "reversal"]),
        ({"reservation_status": "Canceled", "adr": "0"}, "cancelled", "0", []),
    ],
)
def test_what_the_hotel_keeps(
    file: Path, changes: dict[str, str], status: str, fee: str, entries: list[str]
) -> None:
    bookings_import(path=csv_write(file, [raw(reservation_status_date="5/2/2016", **changes)]), at=NOW)

    booking = book_of(2)
    assert booking.status == status
    assert booking.cancellation_fee == Decimal(fee)
    assert [entry.kind for entry in FolioEntry.objects.order_by("id")] == entries
    assert folio_balance(folio_id=booking.folio_id) == 0
    assert not RoomInventory.objects.filter(sold__gt=0).exists()
    assert books_are_sound()


def test_moved_bookings_are_what_they_are_today(file: Path) -> None:
    rows = [
        raw(reservation_status_date="5/20/2016", arrival_date_day_of_month="18", lead_time="30"),
        raw(reservation_status_date="5/8/2016", arrival_date_day_of_month="6"),
        raw(arrival_date_day_of_month="8", reservation_status_date="5/10/2016", deposit_type="Non Refund"),
        raw(lead_time="0", arrival_date_day_of_month="12", reservation_status_date="5/14/2016"),
    ]

    result = bookings_import(
        path=csv_write(file, rows), shift_to=date(2026, 5, 11), at=datetime(2026, 5, 11, tzinfo=UTC)
    )

    assert result.shift_weeks == 522
    assert result.left_out == 1
    assert [book_of(line).status for line in (2, 3, 4)] == ["confirmed", "checked_out", "checked_in"]
    assert book_of(2).arrival == date(2026, 5, 20)
    assert folio_balance(folio_id=book_of(2).folio_id) == Decimal("151.00")
    assert folio_balance(folio_id=book_of(4).folio_id) == 0
    assert books_are_sound()


def test_an_interrupted_import_goes_on_where_it_stopped(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH_ROWS", 10)
    rows = [raw(arrival_date_day_of_month=str(1 + number % 20)) for number in range(40)]
    csv_write(file, rows)

    def power_cut(read: Iterable[SourceRow], doing: str, _total: int | None) -> Iterator[SourceRow]:
        for row in read:
            if doing == "Importing" and row.line == 27:
                raise KeyboardInterrupt
            yield row

    with pytest.raises(KeyboardInterrupt):
        bookings_import(path=file, at=NOW, progress=power_cut)
    half = Booking.objects.count()
    half_is_sound, is_published = books_are_sound(), Property.objects.get().is_published
    result = bookings_import(path=file, at=NOW)

    assert half == 20
    assert half_is_sound
    assert not is_published
    assert (result.already_there, result.taken.total()) == (20, 20)
    assert Booking.objects.count() == 40
    assert Property.objects.get().is_published
    assert books_are_sound()


def test_rows_that_are_added_to_the_file_are_added_and_no_more(file: Path) -> None:
    bookings_import(path=csv_write(file, [raw(), raw()]), at=NOW)

    result = bookings_import(path=csv_write(file, [raw(), raw(), raw(reservation_status="Canceled")]), at=NOW)

    assert (result.already_there, result.taken.total()) == (2, 1)
    assert Booking.objects.count() == 3


def test_a_night_is_never_sold_twice_by_an_import(file: Path) -> None:
    bookings_import(path=csv_write(file, [raw()]), at=NOW)
    assert Room.objects.count() == 3

    result = bookings_import(path=csv_write(file, [raw()] * 5), at=NOW)

    assert (result.already_there, result.taken.total()) == (1, 2)
    assert result.refused == {RefusalReason.NO_ROOM_LEFT: 2}
    assert RoomInventory.objects.get(date=date(2016, 5, 9)).available == 0
    assert books_are_sound()


def test_a_dry_run_judges_everything_and_writes_nothing(file: Path) -> None:
    result = bookings_import(path=csv_write(file, [raw(), raw(adr="-1")]), dry_run=True, at=NOW)

    assert (result.rows, result.taken.total(), result.refused.total()) == (2, 1, 1)
    assert not Property.objects.exists()
    assert not Booking.objects.exists()


def test_a_second_import_keeps_the_weeks_of_the_first(file: Path) -> None:
    csv_write(file, [raw(), raw(arrival_date_month="April", reservation_status_date="4/11/2016")])
    first = bookings_import(path=file, shift_to=date(2026, 5, 1), at=NOW)

    again = bookings_import(path=file, shift_to=date(2026, 8, 1), at=NOW)

    assert first.shift_weeks == again.shift_weeks
    assert again.shift_kept
    with pytest.raises(ImportFailed, match="--shift-to again"):
        bookings_import(path=file, at=NOW)


def test_the_house_can_be_booked_afterwards(file: Path) -> None:
    rows: list[RawBooking] = [raw(adr="80")] * 6
    bookings_import(path=csv_write(file, rows), at=NOW)

    quote = quote_get(
        room_type_id=RoomType.objects.get().pk,
        rate_plan_id=RatePlan.objects.get(code="BB-NR").pk,
        stay=StayDates(date(2026, 11, 24), date(2026, 11, 26)),
        party=Party(adults=2),
        at=NOW,
    )

    # 80 less 10 percent, and 4 of city tax for each of two guests and two nights
    assert (quote.room_total, quote.tax_added) == (Decimal("144.00"), Decimal("16.00"))


def test_what_staff_changed_in_a_house_stays(file: Path) -> None:
    bookings_import(path=csv_write(file, [raw()]), at=NOW)
    Property.objects.update(name="Our own name", is_published=False)

    bookings_import(path=csv_write(file, [raw(), raw()]), at=NOW)

    assert Property.objects.values_list("name", "is_published").get() == ("Our own name", False)
    RatePlan.objects.filter(code="BB-FLEX").update(is_active=False)
    with pytest.raises(ImportFailed, match="BB-FLEX"):
        bookings_import(path=file, at=NOW)

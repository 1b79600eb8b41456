"""Judging rows: what is taken as what, and what is refused why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bookings.imports.refusals import Refusal, RefusalReason
from bookings.imports.rows import Outcome, SourceBooking, row_judge
from bookings.imports.source import SourceRow
from bookings.models import BookingChannel
from inventory.models import BoardBasis

from .files import raw


def judged(**changes: str) -> SourceBooking | Refusal:
    return row_judge(SourceRow(7, raw(**changes)))


def taken(**changes: str) -> SourceBooking:
    booking = judged(**changes)
    assert isinstance(booking, SourceBooking), booking
    return booking


def test_a_usual_row() -> None:
    booking = taken()

    assert booking.arrival == date(2016, 5, 9)
    assert booking.departure == date(2016, 5, 11)
    assert booking.made_on == date(2016, 4, 29)
    assert booking.rate == Decimal("75.50")
    assert booking.total == Decimal("151.00")
    assert (booking.adults, booking.children_ages) == (2, ())
    assert booking.board is BoardBasis.BB
    assert booking.is_refundable
    assert (booking.outcome, booking.outcome_date) == (Outcome.CHECKED_OUT, date(2016, 5, 11))
    assert booking.channel is BookingChannel.TRAVEL_AGENT
    assert booking.market_segment == "online_ta"
    assert booking.country == "PT"


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"hotel": "Motel"}, RefusalReason.HOTEL_UNKNOWN, "Motel"),
        ({"arrival_date_month": "Mai"}, RefusalReason.ARRIVAL_INVALID, "2016 Mai 9"),
        ({"arrival_date_day_of_month": "32"}, RefusalReason.ARRIVAL_INVALID, "2016 May 32"),
        ({"arrival_date_year": "1066"}, RefusalReason.ARRIVAL_INVALID, "1066 May 9"),
        ({"stays_in_week_nights": "0"}, RefusalReason.NO_NIGHTS, ""),
        ({"stays_in_week_nights": "400"}, RefusalReason.STAY_TOO_LONG, "400"),
        ({"adults": "0"}, RefusalReason.NO_GUEST, ""),
        ({"adults": "two"}, RefusalReason.NUMBER_INVALID, "two"),
        ({"adults": "-1"}, RefusalReason.NUMBER_INVALID, "-1"),
        ({"babies": "100000"}, RefusalReason.NUMBER_INVALID, "100000"),
        ({"lead_time": "99999"}, RefusalReason.NUMBER_INVALID, "99999"),
        ({"adr": "-6.38"}, RefusalReason.RATE_NEGATIVE, "-6.38"),
        ({"adr": "5400"}, RefusalReason.RATE_ABSURD, "5400"),
        ({"adr": "NaN"}, RefusalReason.RATE_INVALID, "NaN"),
        ({"adr": "1e999999"}, RefusalReason.RATE_ABSURD, "1e999999"),
        ({"adr": "free"}, RefusalReason.RATE_INVALID, "free"),
        ({"reserved_room_type": "NULL"}, RefusalReason.ROOM_TYPE_INVALID, "NULL"),
        ({"reservation_status": "Gone"}, RefusalReason.STATUS_UNKNOWN, "Gone"),
        ({"reservation_status_date": "2016-13-01"}, RefusalReason.STATUS_DATE_INVALID, "2016-13-01"),
    ],
)
def test_what_is_refused_and_why(changes: dict[str, str], reason: RefusalReason, detail: str) -> None:
    assert judged(**changes) == Refusal(7, reason, detail)


def test_a_row_without_all_its_fields_is_refused() -> None:
    assert row_judge(SourceRow(7, None)) == Refusal(7, RefusalReason.ROW_INCOMPLETE)


def test_missing_values_are_no_reason_to_refuse() -> None:
    booking = taken(children="NA", country="NULL", market_segment="Undefined", meal="Undefined", adr="0")

    assert booking.children_ages == ()
    assert booking.country == ""
    assert booking.market_segment == ""
    assert booking.board is BoardBasis.RO
    assert booking.total == 0


def test_children_alone_in_a_room_are_guests() -> None:
    booking = taken(adults="0", children="2.0", babies="1")

    assert (booking.adults, booking.children_ages) == (0, (8, 8, 1))


@pytest.mark.parametrize(
    ("written", "code"),
    [("GBR", "GB"), ("CN", "CN"), ("TMP", "TL"), ("prt", "PT"), ("XXX", ""), ("", ""), ("1", "")],
)
def test_countries(written: str, code: str) -> None:
    assert taken(country=written).country == code


@pytest.mark.parametrize(
    ("written", "channel"),
    [
        ("Direct", BookingChannel.WEB),
        ("Corporate", BookingChannel.CORPORATE),
        ("GDS", BookingChannel.GDS),
        ("Undefined", BookingChannel.OTHER),
    ],
)
def test_channels(written: str, channel: BookingChannel) -> None:
    assert taken(distribution_channel=written).channel is channel


def test_both_ways_to_write_a_date() -> None:
    assert taken(reservation_status_date="2016-05-11") == taken(reservation_status_date="2016-05-11")
    assert taken(reservation_status_date="2016-05-11").outcome_date == taken().outcome_date


def test_only_non_refund_is_not_refundable() -> None:
    assert not taken(deposit_type="Non Refund").is_refundable
    assert taken(deposit_type="Refundable").is_refundable

"""Small files in the columns of the datasets, and a place for the real ones."""

from __future__ import annotations

import csv
import lzma
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from bookings.demo.loading import SAMPLE, SHARED
from bookings.imports.source import RawBooking

__all__ = ["SAMPLE", "csv_write", "raw", "real_slice"]

SLICE_ROWS = 3_000

USUAL = {
    "hotel": "City Hotel",
    "lead_time": "10",
    "arrival_date_year": "2016",
    "arrival_date_month": "May",
    "arrival_date_day_of_month": "9",
    "stays_in_weekend_nights": "0",
    "stays_in_week_nights": "2",
    "adults": "2",
    "children": "0",
    "babies": "0",
    "meal": "BB",
    "country": "PRT",
    "market_segment": "Online TA",
    "distribution_channel": "TA/TO",
    "reserved_room_type": "A",
    "assigned_room_type": "A",
    "deposit_type": "No Deposit",
    "agent": "9",
    "company": "NULL",
    "customer_type": "Transient",
    "adr": "75.5",
    "required_car_parking_spaces": "0",
    "total_of_special_requests": "0",
    "reservation_status": "Check-Out",
    "reservation_status_date": "5/11/2016",
}


def raw(**changes: str) -> RawBooking:
    """Two adults in a double at 75.50 for two nights from Monday, 9 May 2016, but for the changes."""
    return RawBooking(**{**USUAL, **changes})


def csv_write(path: Path, rows: Iterable[RawBooking]) -> Path:
    """A plain CSV file with these rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(RawBooking._fields)
        writer.writerows(rows)
    return path


def real_slice(path: Path) -> Path:
    """The first rows of the whole datasets where they are found, and our sample otherwise."""
    if not SHARED.is_file():
        return SAMPLE
    with lzma.open(SHARED, "rb") as whole:
        path.write_bytes(b"".join(islice(whole, SLICE_ROWS + 1)))
    return path

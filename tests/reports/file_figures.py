"""What the file of real bookings says by itself: sqlite3 over its rows, and nothing of ours.

Rows that no house can have are left out by the same words as in the import's documentation: stays of zero nights,
bookings without a guest, and a rate that is negative or above 2,000. Rates have at most two digits and are counted in
cents. A rate of zero is a stay like any other: its nights count, its revenue is nothing. Who was given another room
type than the reserved one counts under the reserved one.
"""

from __future__ import annotations

import csv
import lzma
import sqlite3
from pathlib import Path
from typing import Any

LOAD = """
CREATE TABLE booking AS
SELECT hotel, reserved_room_type AS type, reservation_status AS status, market_segment AS segment,
       CAST(lead_time AS INTEGER) AS lead, CAST(round(adr * 100) AS INTEGER) AS cents,
       stays_in_weekend_nights + stays_in_week_nights AS nights,
       adults + CAST(children AS INTEGER) + babies AS guests,
       printf('%d-%02d-%02d', arrival_date_year,
              (instr('JanFebMarAprMayJunJulAugSepOctNovDec', substr(arrival_date_month, 1, 3)) + 2) / 3,
              arrival_date_day_of_month) AS arrival
  FROM raw;
CREATE TABLE taken AS
SELECT *, substr(arrival, 1, 7) AS month FROM booking
 WHERE nights > 0 AND guests > 0 AND cents BETWEEN 0 AND 200000;
CREATE TABLE night AS
WITH RECURSIVE spent(hotel, type, segment, cents, guests, date, rest) AS (
    SELECT hotel, type, segment, cents, guests, arrival, nights FROM taken WHERE status = 'Check-Out'
    UNION ALL
    SELECT hotel, type, segment, cents, guests, date(date, '+1 day'), rest - 1 FROM spent WHERE rest > 1)
SELECT *, substr(date, 1, 7) AS month FROM spent;
"""

BY_MONTH_AND_TYPE = """
SELECT hotel, month, type, count(*), sum(status = 'Canceled'), sum(status = 'No-Show'), sum(status = 'Check-Out'),
       sum((status = 'Check-Out') * nights), sum((status = 'Check-Out') * nights * cents),
       sum(lead), sum(nights)
  FROM taken GROUP BY 1, 2, 3
"""
NIGHTS_BY_MONTH_AND_TYPE = (
    "SELECT hotel, month, type, count(*), sum(cents), sum(guests) FROM night GROUP BY 1, 2, 3"
)
NIGHTS_BY_SEGMENT = """
SELECT hotel, replace(replace(lower(segment), ' ', '_'), '/', '_'), count(*), sum(cents) FROM night GROUP BY 1, 2
"""
LOST_BY_MONTH = """
SELECT hotel, month, count(*), sum(status = 'Canceled'), sum(status = 'No-Show'),
       sum((status <> 'Check-Out') * nights), sum((status <> 'Check-Out') * nights * cents)
  FROM taken GROUP BY 1, 2
"""
LEADS = "SELECT hotel, month, lead FROM taken ORDER BY 1, 2, 3"
ARRIVALS_BY_DAY = """
SELECT hotel, arrival, sum(status = 'Check-Out'), sum(status = 'No-Show'), sum(status = 'Canceled')
  FROM taken GROUP BY 1, 2
"""
LEFT_OUT = "SELECT count(*) - (SELECT count(*) FROM taken) FROM booking"


class FileFigures:
    """The file in a database of its own."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(":memory:")
        with lzma.open(path, "rt", encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            names = next(rows)
            self._database.execute(f"CREATE TABLE raw ({', '.join(names)})")
            self._database.executemany(f"INSERT INTO raw VALUES ({', '.join('?' * len(names))})", rows)
        self._database.executescript(LOAD)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self._database.execute(statement).fetchall()

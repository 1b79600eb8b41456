"""The reports say of the imported bookings exactly what sqlite3 says of the file they came from.

The sample in the repository (2,046 rows of both hotels over 26 months) is compared in the suite; the whole file
(119,390 rows) when ``VACANCY_REPORTS_DATA`` names it.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from bookings.demo.loading import SAMPLE
from bookings.imports.houses import CITY, RESORT
from bookings.imports.services import bookings_import
from inventory.models import Property
from reports.catalogue import REPORTS
from reports.selectors.daily import daily_differences
from reports.types import Period, ReportResult, Scope

from . import file_figures
from .file_figures import FileFigures

pytestmark = pytest.mark.django_db

FILE = Path(os.environ.get("VACANCY_REPORTS_DATA") or SAMPLE)
SLUGS = {"Resort Hotel": RESORT.slug, "City Hotel": CITY.slug}
SPAN = Period(date(2015, 7, 1), date(2017, 10, 1))
MONTHS = [(2015 + index // 12, index % 12 + 1) for index in range(6, 6 + 27)]


def cents(amount: Decimal | None) -> int:
    assert amount is not None
    assert amount * 100 == int(amount * 100)
    return int(amount * 100)


def per(part: int, whole: int, places: str) -> Decimal | None:
    """A quotient as anyone rounds it; none without a whole."""
    return (Decimal(part) / whole).quantize(Decimal(places), ROUND_HALF_UP) if whole else None


class World:
    """The imported houses and the file."""

    def __init__(self) -> None:
        self.file = FileFigures(FILE)
        self.result = bookings_import(path=FILE, at=datetime(2018, 1, 1, 9, tzinfo=UTC))
        self.scopes = {hotel: Scope((Property.objects.get(slug=slug).pk,)) for hotel, slug in SLUGS.items()}
        self.types = {
            (hotel, type_id): code
            for hotel, slug in SLUGS.items()
            for type_id, code in Property.objects.get(slug=slug).room_types.values_list("id", "code")
        }

    def run(self, report: str, hotel: str, period: Period, **options: Any) -> ReportResult:
        return REPORTS[report].run(
            scope=self.scopes[hotel], period=period, at=datetime(2018, 1, 1, tzinfo=UTC), **options
        )

    def monthly(self, report: str, **options: Any) -> Iterator[tuple[str, str, ReportResult]]:
        for hotel in SLUGS:
            for year, month in MONTHS:
                yield (
                    hotel,
                    f"{year}-{month:02}",
                    self.run(report, hotel, Period.of_month(year, month), **options),
                )

    def type_of(self, hotel: str, key: str) -> str:
        return self.types[hotel, int(key.partition(":")[0])]


def test_the_reports_equal_the_file(settings: Settings) -> None:
    settings.INVENTORY_DAYS_AHEAD = 1
    world = World()

    assert world.result.refused.total() == world.file.rows(file_figures.LEFT_OUT)[0][0] > 0
    _bookings_equal(world)
    _nights_equal(world)
    _segments_equal(world)
    _losses_equal(world)
    _leads_equal(world)
    _arrivals_equal(world)
    assert daily_differences() == []


def _bookings_equal(world: World) -> None:
    """Bookings, cancellations, no-shows, stays, room nights, ADR, lead time and length, by month and room type."""
    expected = {
        (hotel, month, code): {
            "bookings": count, "cancelled": cancelled, "no_shows": no_shows, "stays": stays, "stay_nights": nights,
            "revenue": Decimal(revenue) / 100, "adr": per(revenue, 100 * nights, "0.01"),
            "average": per(revenue, 100 * stays, "0.01"), "alos": per(length, count, "0.0001"),
            "lead_mean": per(lead, count, "0.0001"),
        }
        for hotel, month, code, count, cancelled, no_shows, stays, nights, revenue, lead, length in world.file.rows(
            file_figures.BY_MONTH_AND_TYPE
        )
    }  # fmt: skip
    found = {
        (hotel, month, world.type_of(hotel, row.key)): {
            key: row.cells[key] for key in row.cells if key != "bucket"
        }
        for hotel, month, result in world.monthly("bookings", by="room_type", day="arrival")
        for row in result.rows
    }
    assert len(expected) > 200
    assert found == expected


def _nights_equal(world: World) -> None:
    """Room nights, room revenue, ADR and guests of the nights themselves, by month and room type."""
    expected = {
        (hotel, month, code): (nights, revenue, per(revenue, 100 * nights, "0.01"), guests)
        for hotel, month, code, nights, revenue, guests in world.file.rows(
            file_figures.NIGHTS_BY_MONTH_AND_TYPE
        )
    }
    found = {}
    for hotel, month, result in world.monthly("occupancy", by="room_type"):
        for row in result.rows:
            cells = row.cells
            if cells["sold"]:
                found[hotel, month, world.type_of(hotel, row.key)] = (
                    cells["sold"], cents(cells["revenue"]), cells["adr"], cells["guests"],  # type: ignore[arg-type]
                )  # fmt: skip
            else:
                assert cells["adr"] is None
    assert found == expected


def _segments_equal(world: World) -> None:
    expected = {
        (hotel, "" if segment == "undefined" else segment): (nights, revenue)
        for hotel, segment, nights, revenue in world.file.rows(file_figures.NIGHTS_BY_SEGMENT)
    }
    found = {
        (hotel, row.key.partition(":")[0]): (row.cells["sold"], cents(row.cells["revenue"]))  # type: ignore[arg-type]
        for hotel in SLUGS
        for row in world.run("revenue_segment", hotel, SPAN).rows
    }
    assert found == expected


def _losses_equal(world: World) -> None:
    expected = {
        (hotel, month): {
            "bookings": count, "cancelled": cancelled, "no_shows": no_shows, "lost_nights": nights,
            "cancellation_rate": per(100 * cancelled, count, "0.0001"),
            "no_show_rate": per(100 * no_shows, count, "0.0001"), "lost_revenue": Decimal(revenue) / 100,
        }
        for hotel, month, count, cancelled, no_shows, nights, revenue in world.file.rows(file_figures.LOST_BY_MONTH)
    }  # fmt: skip
    found = {
        (hotel, str(row.cells["bucket"])): {key: row.cells[key] for key in next(iter(expected.values()))}
        for hotel in SLUGS
        for row in world.run("cancellations", hotel, SPAN, by="month").rows
    }
    assert found == expected


def _leads_equal(world: World) -> None:
    leads: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for hotel, month, lead in world.file.rows(file_figures.LEADS):
        leads[hotel, month].append(lead)
    for hotel, month, result in world.monthly("lead_time"):
        total, of_month = result.table.totals[0].cells, leads[hotel, month]
        assert total["bookings"] == len(of_month)
        assert total["mean"] == per(sum(of_month), len(of_month), "0.0001")
        assert total["median"] == (Decimal(median(of_month)) if of_month else None)
        for row in result.rows:
            first, last = row.drill.lead_from, row.drill.lead_to  # type: ignore[union-attr]
            assert first is not None
            inside = [lead for lead in of_month if first <= lead <= (last if last is not None else lead)]
            assert row.cells["bookings"] == len(inside)


def _arrivals_equal(world: World) -> None:
    expected = {
        (hotel, date.fromisoformat(day)): (stays, no_shows, cancelled)
        for hotel, day, stays, no_shows, cancelled in world.file.rows(file_figures.ARRIVALS_BY_DAY)
    }
    found = {
        (hotel, row.cells["bucket"]): figures
        for hotel in SLUGS
        for row in world.run("arrivals", hotel, SPAN).rows
        if any(figures := tuple(row.cells[name] for name in ("stays", "no_shows", "cancellations")))
    }
    assert found == expected

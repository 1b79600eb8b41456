"""Reports of one room type, one rate plan or one channel."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reports.catalogue import REPORTS
from reports.selectors.drill import drill_bookings
from reports.services import daily_stats_refresh
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import Hotel, RatePlanFactory, RoomTypeFactory, hotel

from .world import WEEK, booked, noon, scope

pytestmark = pytest.mark.django_db
DAYS = "from=2031-03-03&to=2031-03-09"
ONLY = {"room_type", "rate_plan", "channel"}


@pytest.fixture
def other(house: Hotel) -> dict[str, int]:
    """A second room type and plan; three bookings, of which one has both and another channel."""
    room_type = RoomTypeFactory.create(property=house.property, name="Suite", code="SUI")
    plan = RatePlanFactory.create(property=house.property, name="Saver", code="SAV")
    booked(house, 0, 2, channel="web")
    booked(house, 1, 2, channel="travel_agent")
    booked(house, 1, 3, "200.00", room_type=room_type, rate_plan=plan, channel="gds")
    booked(hotel(), 0, 1)
    return {"room_type": room_type.pk, "rate_plan": plan.pk}


def run(report: str, house: Hotel, **options: Any) -> Any:
    return REPORTS[report].run(scope=scope(house), period=WEEK, at=noon(0), **options)


@pytest.mark.parametrize(
    ("report", "figure", "everything", "one"),
    [
        ("bookings", "bookings", 3, 1),
        ("cancellations", "bookings", 3, 1),
        ("revenue_country", "sold", 7, 3),
        ("lead_time", "bookings", 3, 1),
        ("length_of_stay", "nights", 7, 3),
    ],
)
def test_totals_and_the_bookings_behind_them(
    house: Hotel, other: dict[str, int], report: str, figure: str, everything: int, one: int
) -> None:
    def total(**options: Any) -> tuple[int, int]:
        (row,) = run(report, house, **options).table.totals
        return row.cells[figure], drill_bookings(row.drill).count()

    assert {parameter.key for parameter in REPORTS[report].parameters} >= ONLY
    # Behind the figures of cancellations are those that fell through, of which there are none here.
    behind = (0, 0) if report == "cancellations" else (3, 1)
    assert total() == (everything, behind[0])
    for options in ({"room_type": other["room_type"]}, {"rate_plan": other["rate_plan"]}, {"channel": "gds"}):
        assert total(**options) == (one, behind[1]), options
    nothing = run(report, house, room_type=other["room_type"], channel="web").table
    assert not nothing.totals or nothing.totals[0].cells[figure] == 0


def test_occupancy_of_one_room_type(house: Hotel, other: dict[str, int]) -> None:
    daily_stats_refresh(property_ids=[house.property.pk])
    (total,) = run("occupancy", house, room_type=other["room_type"], by="room_type").table.totals
    assert (total.cells["sold"], drill_bookings(total.drill).count()) == (3, 1)
    (total,) = run("occupancy", house).table.totals
    assert total.cells["sold"] == 7


def test_page_file_and_program_are_asked_alike(house: Hotel, other: dict[str, int]) -> None:
    client = Client()
    client.force_login(StaffFactory.create(property=house.property, role="manager"))
    asked = f"{DAYS}&room_type={other['room_type']}&channel=gds"

    page = client.get(f"{reverse('admin:report', args=['bookings'])}?{asked}").content.decode()
    assert f'<option value="{other["room_type"]}"' in page
    assert "Saver" in page
    assert f"room_type={other['room_type']}&amp;channel=gds&amp;format=csv" in page
    file = client.get(f"{reverse('admin:report', args=['bookings'])}?{asked}&format=csv").content.decode()
    assert file.count("\n") < 6
    answer = client.get(f"/api/v1/reports/bookings/?{asked}").json()
    assert answer["totals"][0]["cells"]["bookings"] == "1"
    strange = client.get(f"/api/v1/reports/bookings/?{DAYS}&room_type=suite")
    assert strange.status_code == 422

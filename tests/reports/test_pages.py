"""Pages and the API of reports: the same figures, for those who may see them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from knox.models import AuthToken
from python_calamine import CalamineWorkbook

from accounts.models import StaffRole, User
from reports.catalogue import REPORTS
from reports.models import PropertyGroup
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.inventory import Hotel, hotel

from .world import booked

pytestmark = pytest.mark.django_db

WEEK = "from=2031-03-03&to=2031-03-09"


def staff(house: Hotel, role: str = StaffRole.MANAGER) -> Client:
    return browser(StaffFactory.create(property=house.property, role=role))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, key: str = "occupancy", query: str = WEEK) -> str:
    answer = client.get(f"{reverse('admin:report', args=[key])}?{query}")
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_every_report_opens_with_chart_table_formula_and_files(house: Hotel) -> None:
    booked(house, 0, 2, "100.00")
    client = staff(house)
    for key, report in REPORTS.items():
        text = page(client, key)
        assert str(escape(report.formula)) in text, key
        assert (
            f"{reverse('admin:report', args=[key])}?from=2031-03-03&amp;to=2031-03-09&amp;format=pdf" in text
        )
    assert "chart__wide" in page(client)


def test_figures_comparison_and_the_way_to_the_bookings(house: Hotel) -> None:
    kept = booked(house, 0, 2, "100.00")
    booked(house, -7, 1, "80.00")
    client = staff(house)

    text = page(client, query=f"{WEEK}&compare=previous")

    assert '<td class="is-figure">€200.00<span class="before">€80.00 ' in text
    assert "+150.0%" in text
    address = text.split('<th scope="row"><a href="')[1].split('"')[0].replace("&amp;", "&")
    listed = client.get(address).content.decode()
    assert kept.reference in listed
    assert reverse("admin:bookings_booking_change", args=[kept.pk]) in listed


def test_files_have_what_the_page_shows(house: Hotel) -> None:
    booked(house, 0, 2, "100.00")
    client = staff(house)
    address = f"{reverse('admin:report', args=['occupancy'])}?{WEEK}&compare=previous&format="

    csv = client.get(f"{address}csv")
    assert csv["Content-Disposition"] == (
        'attachment; filename="occupancy-adr-and-revpar_2031-03-03_2031-03-09.csv"'
    )
    lines = csv.content.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith('"Day","Room nights","Room nights before","Room nights, change"')
    assert lines[1].startswith('"2031-03-03",4,')
    assert (len(lines), lines[8].split(",")[1]) == (10, "28")
    book = CalamineWorkbook.from_object(io.BytesIO(client.get(f"{address}xlsx").content))
    assert len(book.get_sheet_by_index(0).to_python()) == 9
    assert book.sheet_names[1] == "About"
    assert client.get(f"{address}pdf").content.startswith(b"%PDF-")
    assert client.get(f"{address}doc").status_code == 404


def test_roles_and_houses(house: Hotel) -> None:
    other = hotel()
    desk, finance = staff(house, StaffRole.FRONT_DESK), staff(house, StaffRole.FINANCE)
    cleaner = staff(house, StaffRole.HOUSEKEEPING)

    assert "Payments by method" not in desk.get(reverse("admin:reports")).content.decode()
    assert [desk.get(reverse("admin:report", args=[key])).status_code for key in REPORTS] == [
        200 if key in ("occupancy", "arrivals") else 404 for key in REPORTS
    ]
    assert finance.get(reverse("admin:report", args=["payments"])).status_code == 200
    assert cleaner.get(reverse("admin:reports")).status_code == 403
    strange = f"{reverse('admin:report', args=['occupancy'])}?house={other.property.pk}"
    assert finance.get(strange).status_code == 404
    drill = reverse("admin:report-bookings", args=["occupancy"])
    foreign = booked(other, 0, 2)
    answer = finance.get(
        f"{drill}?property_ids={other.property.pk}&by=arrival&start=2031-03-01&end=2031-04-01"
    )
    assert foreign.reference not in answer.content.decode()


def test_groups_are_for_those_who_see_all_of_them(house: Hotel) -> None:
    other = hotel()
    group = PropertyGroup.objects.create(name="Lake houses")
    group.properties.set([house.property, other.property])
    address = f"{reverse('admin:report', args=['occupancy'])}?{WEEK}&group={group.pk}"

    assert "Lake houses" in browser(SuperuserFactory.create()).get(address).content.decode()
    assert staff(house).get(address).status_code == 404


@pytest.mark.parametrize(
    "query", ["period=never", "from=2031-02-30", "from=2031-03-09&to=2031-03-03", "house=x", "by=moon"]
)
def test_what_is_wrong_is_said_beside_the_filters(house: Hotel, query: str) -> None:
    answer = staff(house).get(f"{reverse('admin:report', args=['occupancy'])}?{query}")

    assert answer.status_code == 422
    assert 'class="errornote" role="alert"' in answer.content.decode()


def test_pages_cost_the_same_for_1_and_20_bookings(house: Hotel) -> None:
    client = staff(house)
    bookings = reverse("admin:report-bookings", args=["occupancy"])
    addresses = [
        reverse("admin:reports"),
        f"{reverse('admin:report', args=['revenue_channel'])}?{WEEK}&compare=previous",
        f"{bookings}?property_ids={house.property.pk}&by=arrival&start=2031-01-01&end=2031-12-01",
    ]
    booked(house, 0, 1)
    for address in addresses:
        client.get(address)
    few = [queries(client, address) for address in addresses]
    for number in range(19):
        booked(house, number, 1)
    for address in addresses:
        client.get(address)

    assert [queries(client, address) for address in addresses] == few


def api(client: Client, key: str, query: str, **more: Any) -> Any:
    return client.get(f"/api/v1/reports/{key}/?{query}", **more)


def test_programs_get_the_same_figures(house: Hotel) -> None:
    booked(house, 0, 2, "100.00")
    user = StaffFactory.create(property=house.property, role=StaffRole.FINANCE)
    token = {"HTTP_AUTHORIZATION": f"Token {AuthToken.objects.create(user=user)[1]}"}
    client = Client()

    answer = api(client, "occupancy", f"{WEEK}&property={house.property.pk}&compare=previous", **token)

    document = answer.json()
    assert answer.status_code == 200, document
    assert document["period"] == {"first": "2031-03-03", "last": "2031-03-09"}
    assert document["compared_with"] == {"first": "2031-02-24", "last": "2031-03-02"}
    first = document["rows"][0]
    assert first["cells"]["bucket"] == "2031-03-03"
    assert (first["cells"]["sold"], first["cells"]["occupancy"], first["currency"]) == ("1", "25.0000", "EUR")
    assert document["totals"][0]["cells"]["sold"] == "2"
    csv = api(client, "occupancy", WEEK, HTTP_ACCEPT="text/csv", **token)
    assert csv["Content-Type"] == "text/csv; charset=utf-8"
    assert api(client, "occupancy", f"{WEEK}&format=xlsx", **token).content.startswith(b"PK")
    listed = client.get("/api/v1/reports/", **token).json()["results"]
    assert [entry["key"] for entry in listed] == list(REPORTS)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("nights=3", 422, "unknown_field"),
        ("from=2031-03-09&to=2031-03-03", 422, "invalid_period"),
        ("period=today&from=2031-03-03", 422, "invalid"),
        ("from=9999-12-01&to=9999-12-31", 422, "invalid_option"),
        ("from=0001-01-01&compare=previous", 422, "invalid_option"),
        ("property=999999999", 404, "not_found"),
        ("compare=x&format=csv", 422, "invalid_option"),
    ],
)
def test_programs_are_refused_with_problems(house: Hotel, query: str, status: int, code: str) -> None:
    answer = api(staff(house), "occupancy", query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_programs_are_confined_too(house: Hotel) -> None:
    assert api(Client(), "occupancy", WEEK).status_code == 401
    assert api(staff(house, StaffRole.FRONT_DESK), "payments", WEEK).status_code == 404
    assert api(staff(house, StaffRole.FRONT_DESK), "arrivals", WEEK).status_code == 200

"""The log page and the histories of objects."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import StaffRole
from core.audit.selectors import PAGE_LENGTH, LogFilter, audit_for, audit_page
from core.models import AuditEntry
from inventory.models import Rate, RoomType
from tests.admin.conftest import logged_in, staff_of
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, RoomTypeFactory, hotel

pytestmark = pytest.mark.django_db

LOG = "/admin/audit/"


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=3, gateways=["sandbox"])


@pytest.fixture
def manager(house: Hotel) -> Client:
    return staff_of(house)


def listed(answer: Any) -> list[str]:
    return [entry.name for entry in answer.context["entries"]]


def test_managers_read_of_their_own_houses_only(house, manager):
    other = hotel()
    RoomTypeFactory.create(property=house.property, name="Ours", code="OURS")
    RoomTypeFactory.create(property=other.property, name="Theirs", code="THEIRS")
    text = manager.get(f"{LOG}?model=inventory.roomtype").content.decode()
    assert "Ours" in text
    assert "Theirs" not in text
    assert {entry.house for entry in manager.get(LOG).context["entries"]} == {house.property.name}
    root = logged_in(SuperuserFactory.create()).get(f"{LOG}?model=inventory.roomtype").content.decode()
    assert "Ours" in root
    assert "Theirs" in root
    for role in (StaffRole.FRONT_DESK, StaffRole.FINANCE):
        assert staff_of(house, role).get(LOG).status_code == 403
    assert Client().get(LOG).status_code == 302


def test_every_filter_narrows(house):
    boss = StaffFactory.create(property=house.property, role=StaffRole.MANAGER, full_name="Ada Boss")
    client = Client(headers={"X-Request-ID": "log-filter-0001"})
    client.force_login(boss)
    room_type = RoomTypeFactory.create(property=house.property, name="Old", code="OLD")
    client.post(
        f"/admin/inventory/roomtype/{room_type.pk}/change/",
        {
            "code": "OLD",
            "name": "New",
            "standard_occupancy": 2,
            "max_adults": 2,
            "max_children": 1,
            "max_occupancy": 3,
            "position": 0,
            "description": "",
            "beds": "",
            "photos-TOTAL_FORMS": 0,
            "photos-INITIAL_FORMS": 0,
            "occupancy_prices-TOTAL_FORMS": 0,
            "occupancy_prices-INITIAL_FORMS": 0,
        },
    )
    (entry,) = AuditEntry.objects.filter(model="inventory.roomtype", operation="update")
    today, tomorrow = timezone.localdate(), timezone.localdate() + timedelta(days=1)
    found = {
        "who=ada+boss": True,
        "who=nobody": False,
        "operation=update&model=inventory.roomtype": True,
        "operation=delete": False,
        f"model=inventory.roomtype&number={room_type.pk}": True,
        f"model=inventory.room&number={room_type.pk}": False,
        "field=name&operation=update": True,
        "field=nonsense": False,
        f"since={today:%Y-%m-%d}&until={today:%Y-%m-%d}&operation=update": True,
        f"since={tomorrow:%Y-%m-%d}": False,
        "request=log-filter-0001": True,
        "request=log-filter-0002": False,
    }
    outcomes = {
        query: entry.pk in [line.id for line in client.get(f"{LOG}?{query}").context["entries"]]
        for query in found
    }
    assert outcomes == found
    for nonsense in ("since=yesterday", "model=x.y", "before=x&after=999999999999999999999", "number=%00"):
        assert client.get(f"{LOG}?{nonsense}").status_code == 200


def test_who_has_several_houses_chooses_one(house, manager):
    other = hotel()
    assert "house" not in manager.get(LOG).context["form"].fields
    root = logged_in(SuperuserFactory.create())
    found = root.get(f"{LOG}?house={other.property.pk}").context
    assert {entry.house for entry in found["entries"]} == {other.property.name}
    names = [name for number, name in found["form"].fields["house"].choices if number]
    assert names == sorted([house.property.name, other.property.name])
    assert root.get(f"{LOG}?house=x").status_code == 200


def test_pages_lead_on_by_cursor_and_back(house):
    ids = {house.property.pk}
    Rate.objects.filter(room_type=house.room_type).update(price=Decimal(50))
    for number in range(PAGE_LENGTH * 2):
        RoomType.objects.filter(pk=house.room_type.pk).update(name=f"Name {number}")
    every = list(
        AuditEntry.objects.filter(property_id=house.property.pk).order_by("-id").values_list("pk", flat=True)
    )
    wanted = LogFilter(property_ids=ids)
    first = audit_page(wanted)
    second = audit_page(wanted, before=first.older)
    assert [line.id for line in first.lines + second.lines] == every[: PAGE_LENGTH * 2]
    assert (first.newer, second.newer is not None) == (None, True)
    assert [line.id for line in audit_page(wanted, after=second.newer).lines] == [
        line.id for line in first.lines
    ]


def test_the_log_takes_as_many_queries_for_one_entry_as_for_many(house, manager):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert manager.get(f"{LOG}?model=inventory.roomtype").status_code == 200
        return len(captured)

    manager.get(LOG)
    few = queries()
    for number in range(20):
        RoomTypeFactory.create(property=house.property, code=f"N{number}")
    assert queries() == few


def test_a_history_is_in_plain_words(house, django_assert_max_num_queries):
    booking = confirmed(house)
    with django_assert_max_num_queries(12):
        lines = audit_for(booking, limit=50, also=[booking.folio])
    kinds = {line.kind for line in lines}
    assert {"booking", "night", "folio entry", "payment"} <= kinds
    update = next(line for line in lines if line.kind == "booking" and line.operation == "update")
    assert ("status", "held", "confirmed") in [
        (change.label, change.before, change.after) for change in update.changes
    ]
    made = next(line for line in lines if line.kind == "booking" and line.operation == "insert")
    words = {change.label: change.after for change in made.changes}
    assert words["room type"] == str(house.room_type)
    assert words["total"].startswith("€")
    assert words["arrival"] == f"{booking.arrival.day} {booking.arrival:%b %Y}"
    nights = next(line for line in lines if line.kind == "night")
    assert f"{booking.arrival:%Y}" in nights.rows
    assert lines[0].house == house.property.name


def test_every_object_has_its_history_page_and_part(house, manager):
    booking = confirmed(house)
    page = manager.get(f"/admin/bookings/booking/{booking.pk}/history/")
    assert page.status_code == 200
    assert "folio entry" in page.content.decode()
    part = manager.get(f"/admin/inventory/roomtype/{house.room_type.pk}/change/").content.decode()
    assert 'id="audit-heading"' in part
    assert f"/admin/inventory/roomtype/{house.room_type.pk}/history/" in part
    assert staff_of(hotel()).get(f"/admin/bookings/booking/{booking.pk}/history/").status_code == 404


def test_a_nights_history_finds_entries_it_shares(house):
    rate = Rate.objects.filter(room_type=house.room_type).earliest("date")
    Rate.objects.filter(room_type=house.room_type).update(price=Decimal(66))
    Rate.objects.filter(pk=rate.pk).update(price=Decimal(67))
    lines = audit_for(rate)
    assert [line.changes[0].after for line in lines[:2]] == ["€67.00", "€66.00"]
    assert lines[1].rows.count("–") == 1

"""The chart: what it shows at which cost, and what is done on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from bookings.models import RoomAssignment
from bookings.selectors.chart import ChartFilter, chart_read
from bookings.services.assigning import room_assign
from core.dates import StayDates, property_today
from inventory.models import RoomClosure
from tests.admin.conftest import staff_of
from tests.factories.inventory import Hotel, RoomFactory, hotel
from tests.rooms.houses import clerk, day, given, rooms_of, stay

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def house() -> Hotel:
    return hotel(rooms=3, nights=20, first=property_today("Europe/Berlin"))


@pytest.fixture
def desk(house: Hotel) -> Client:
    return staff_of(house, StaffRole.FRONT_DESK)


def read(house: Hotel, **more: Any):
    span = StayDates(house.first, day(house, 14))
    return chart_read(
        property_id=house.property.pk,
        span=span,
        today=house.first,
        only=more.pop("only", ChartFilter()),
        **more,
    )


def test_rooms_guests_trays_and_free_rooms(house: Hotel) -> None:
    first, *_others = rooms_of(house)
    actor, booking, waiting = clerk(house), stay(house, 0, 3), stay(house, 1, 4, rooms=2)
    room_assign(booking_id=booking.pk, room_id=first.pk, actor=actor)
    room_assign(booking_id=waiting.pk, room_id=first.pk, actor=actor, start=day(house, 3))
    [group] = read(house).groups
    assert [bar.stay.reference for bar in group.rooms[0].bars] == [booking.reference, waiting.reference]
    shown = [[(bar.room_index, bar.start, bar.end) for bar in lane] for lane in group.tray]
    assert shown == [[(2, day(house, 1), day(house, 5))], [(1, day(house, 1), day(house, 3))]]
    assert [group.free[day(house, offset)][0] for offset in range(6)] == [2, 0, 0, 1, 1, 3]


def test_it_costs_as_much_for_1_as_for_500_rooms(house: Hotel, django_assert_num_queries) -> None:
    actor = clerk(house)
    room_assign(booking_id=stay(house, 0, 3).pk, room_id=rooms_of(house)[0].pk, actor=actor)
    stay(house, 1, 1)
    with django_assert_num_queries(7):
        read(house)
    RoomFactory.create_batch(497, room_type=house.room_type)
    stay(house, 2, 1)
    with django_assert_num_queries(7):
        assert len(read(house).groups[0].rooms) == 500
    with django_assert_num_queries(7):
        found = read(house, part=2, part_rooms=300)
    assert (found.parts, len(found.groups[0].rooms), found.groups[0].is_continued) == (2, 200, True)


def test_filters_and_floors(house: Hotel) -> None:
    other = hotel(in_property=house.property, plan=house.plan, first=house.first, rooms=1, nights=5)
    RoomFactory.create(room_type=house.room_type, floor="10")
    only = ChartFilter(room_type_id=other.room_type.pk)
    assert [group.name for group in read(house, only=only).groups] == [other.room_type.name]
    floors = read(house, only=ChartFilter(by_floor=True)).groups
    assert [(group.name, len(group.rooms)) for group in floors] == [("1", 4), ("10", 1)]


def test_the_page_refreshes_only_what_has_changed(house: Hotel, desk: Client) -> None:
    url = f"{reverse('admin:chart')}?house={house.property.pk}"
    page = desk.get(url)
    assert page.status_code == 200
    digest = page.context["digest"]
    assert desk.get(f"{url}&rows=1&have={digest}").status_code == 204
    booking = stay(house, 1, 2)
    rows = desk.get(f"{url}&rows=1&have={digest}")
    assert (rows.status_code, booking.guest_name in rows.content.decode()) == (200, True)
    assert "style=" not in page.content.decode()


def test_a_bar_moves_to_another_room_and_other_dates_after_a_preview(house: Hotel, desk: Client) -> None:
    first, second, third = rooms_of(house)
    booking = stay(house, 1, 2)
    room_assign(booking_id=booking.pk, room_id=first.pk, actor=clerk(house))
    url = f"{reverse('admin:chart_stay', args=[booking.pk, 1])}?night={day(house, 1)}"

    preview = desk.get(f"{url}&room={second.pk}")
    assert preview.context["may_confirm"] is True
    assert given(booking)[0][1] == first.number
    sent = {"room": second.pk, "seen": preview.context["seen"], "version": booking.version}
    assert desk.post(url, sent, headers=HTMX).status_code == 204
    assert given(booking) == [(1, second.number, day(house, 1), day(house, 3))]

    stale = desk.post(url, sent | {"room": third.pk})
    assert (stale.status_code, given(booking)[0][1]) == (422, second.number)
    assert any(second.number in one.theirs for one in stale.context["changes"])

    longer = desk.get(f"{url}&room={third.pk}&departure={day(house, 4)}")
    total = longer.context["proposal"].preview.after_total
    assert total == booking.total + 100
    booking.refresh_from_db()
    sent = {
        "room": third.pk,
        "departure": day(house, 4),
        "seen": longer.context["seen"],
        "version": booking.version,
        "total": str(total),
        "key": "k" * 20,
    }
    assert desk.post(url, sent, headers=HTMX).status_code == 204
    booking.refresh_from_db()
    assert (booking.departure, booking.total) == (day(house, 4), total)
    assert given(booking) == [(1, third.number, day(house, 1), day(house, 4))]


def test_a_room_is_closed_and_opened_on_the_chart(house: Hotel, desk: Client) -> None:
    first = rooms_of(house)[0]
    booking = stay(house, 1, 2)
    room_assign(booking_id=booking.pk, room_id=first.pk, actor=clerk(house))
    url = f"{reverse('admin:chart_room', args=[first.pk])}?start={day(house, 1)}&end={day(house, 3)}"
    assert desk.get(url).context["form"].initial["start"] == day(house, 1)
    sent = {"kind": "out_of_order", "start": day(house, 1), "end": day(house, 3), "reason": "Leak"}
    asked = desk.post(url, sent)
    assert (asked.status_code, asked.context["stays"][0]["reference"]) == (422, booking.reference)
    assert desk.post(url, sent | {"displaces": "on"}).status_code == 302
    closure = RoomClosure.objects.get()
    assert (given(booking), house.inventory(1).blocked) == ([], 1)
    end = reverse("admin:chart_closure", args=[closure.pk])
    assert desk.get(end).status_code == 200
    assert desk.post(end, {"end": house.first - timedelta(days=1)}).status_code == 302
    assert (RoomClosure.objects.count(), house.inventory(1).blocked) == (0, 0)


def test_rooms_are_assigned_by_one_press_after_a_look(house: Hotel, desk: Client) -> None:
    booking = stay(house, 1, 2)
    url = f"{reverse('admin:chart_assign')}?house={house.property.pk}"
    assert desk.get(url).context["result"].assigned[0].reference == booking.reference
    assert RoomAssignment.objects.count() == 0
    assert desk.post(url, {"start": house.first, "end": day(house, 9)}, headers=HTMX).status_code == 204
    assert len(given(booking)) == 1


def test_other_houses_are_not_found_and_who_may_not_changes_nothing(house: Hotel, desk: Client) -> None:
    elsewhere = hotel(rooms=1, nights=5, first=house.first)
    foreign = stay(elsewhere, 0, 1)
    room = rooms_of(elsewhere)[0]
    for name, args in (("chart_stay", [foreign.pk, 1]), ("chart_room", [room.pk]), ("chart_closure", [1])):
        assert desk.get(reverse(f"admin:{name}", args=args)).status_code == 404
    assert desk.get(f"{reverse('admin:chart')}?house={elsewhere.property.pk}").status_code == 404
    booking, first = stay(house, 1, 2), rooms_of(house)[0]
    finance = staff_of(house, StaffRole.FINANCE)
    url = reverse("admin:chart_stay", args=[booking.pk, 1])
    assert finance.get(url).context["form"] is None
    assert finance.post(url, {"room": first.pk}).status_code == 403
    assert given(booking) == []
    assert finance.get(reverse("admin:chart_assign")).status_code == 403
    sent = {"kind": "out_of_service", "start": house.first, "end": day(house, 1), "reason": "x"}
    assert finance.post(reverse("admin:chart_room", args=[first.pk]), sent).status_code == 403
    assert RoomClosure.objects.count() == 0

"""The tape chart in a browser: dragged by hand and moved by keyboard, and nothing happens before it is confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from bookings.services.assigning import room_assign
from core.dates import property_today
from tests.factories.accounts import SuperuserFactory
from tests.factories.inventory import hotel
from tests.rooms.houses import given, rooms_of, stay

from .conftest import DESK, OpenPage
from .test_accessibility import faults, log_in


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def confirmed(page: Page) -> None:
    page.locator("#ch-dialog").get_by_role("button", name="Confirm").click()
    expect(page.locator("#ch-dialog")).not_to_be_visible()


def test_a_bar_is_dragged_lengthened_and_moved_by_keys(open_page: OpenPage, live_server: Any) -> None:
    house = hotel(rooms=3, nights=20, first=property_today("Europe/Berlin"))
    chain = SuperuserFactory.create()
    first, second, third = rooms_of(house)
    booking = stay(house, 2, 3)
    room_assign(booking_id=booking.pk, room_id=first.pk, actor=chain)
    page = open_page(DESK, expect_errors=())
    log_in(page, live_server.url, chain)
    page.goto(f"{reverse('admin:chart')}?house={house.property.pk}")
    bar = page.locator(f"[id^='bar-{booking.pk}-1']")
    bar.scroll_into_view_if_needed()

    x, y = middle(bar)
    _x, below = middle(page.locator(f".ch-room[data-room='{second.pk}']"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, below, steps=4)
    page.mouse.up()
    expect(page.locator("#ch-dialog")).to_contain_text("What changes")
    assert faults(page) == []
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    assert given(booking)[0][1] == first.number
    confirmed(page)
    expect(page.locator(f".ch-room[data-room='{second.pk}'] .ch-bar")).to_have_count(1)
    assert given(booking) == [(1, second.number, booking.arrival, booking.departure)]

    bar = page.locator(f"[id^='bar-{booking.pk}-1']")
    bar.focus()
    for key in ("ArrowDown", "+", "Escape", "ArrowDown", "+", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#ch-dialog")).to_contain_text("Left to pay")
    confirmed(page)
    expect(page.locator(f".ch-room[data-room='{third.pk}'] .ch-bar")).to_have_count(1)
    longer = booking.departure + timedelta(days=1)
    assert given(booking) == [(1, third.number, booking.arrival, longer)]
    assert faults(page) == []

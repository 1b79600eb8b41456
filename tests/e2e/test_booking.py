"""The guest's way from the start page to the refund, on a phone and on a desk, with and without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Booking
from bookings.selectors import inventory_differences

from . import guest
from .conftest import DESK, PHONE, OpenPage
from .world import World


def choose_filters(page: Page) -> None:
    """Look for a refundable room in a house with a pool; htmx brings the results and keeps the address."""
    results = page.locator("#results")
    expect(results.get_by_role("link", name="Casa do Cais")).to_be_visible()
    expect(results.get_by_text("The minimum stay is 14 nights.")).to_be_visible()
    fold = page.locator("details.filters-fold > summary")
    if fold.is_visible():
        fold.click()
    page.get_by_label("Pool").check()
    expect(page).to_have_url(re.compile("amenity=pool"))
    expect(results.get_by_role("link", name="Casa do Cais")).to_be_visible()
    expect(results.get_by_role("link", name="Residencial")).to_have_count(0)
    page.go_back()
    expect(results.get_by_role("link", name="Residencial")).to_be_visible()


def turn_calendar(page: Page) -> None:
    """Go a month on and choose a day to arrive."""
    first = page.locator(".calendar caption").first.inner_text()
    address = page.url
    page.locator(".calendar [rel=next]").click()
    expect(page.locator(".calendar caption").first).not_to_have_text(first)
    expect(page).to_have_url(address)
    page.locator(".calendar [rel=prev]").click()
    expect(page.locator(".calendar caption").first).to_have_text(first)


def confirm_at_bank(page: Page, booking: Booking) -> None:
    """Pay by a card whose bank asks, approve there, and come back to the confirmation."""
    guest.pay(page, card="A card whose bank asks for confirmation")
    expect(page.get_by_role("heading", name="Confirm your payment")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()
    expect(page.locator(".fob")).to_have_text(booking.reference)


def cancel(page: Page, booking: Booking) -> None:
    """Call it off, with the refund in sight before and after."""
    page.get_by_role("link", name="Cancel the booking").click()
    refund = page.locator("dl.facts div", has_text="You get back")
    expect(refund).to_contain_text("€312.00")
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_role("heading", name="This booking is cancelled.")).to_be_visible()
    expect(page.get_by_role("row", name="Refund")).to_contain_text("€312.00")
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert inventory_differences() == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_from_search_to_refund(
    open_page: OpenPage, world: World, size: dict[str, int], tmp_path: Path
) -> None:
    page = open_page(size, expect_errors=(422,))
    guest.search(page, world)
    choose_filters(page)
    page.get_by_role("link", name="Casa do Cais").click()
    turn_calendar(page)

    page.get_by_role("link", name=f"Reserve River double, {world.casa.plan.name}").click()
    expect(page.locator(".quote__total")).to_contain_text("€312.00")
    page.get_by_role("button", name="Hold this room").click()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^1[45]:\d\d$"))
    page.get_by_label("E-mail address").fill("not an address")
    page.get_by_role("button", name="Go on to payment").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_attribute("aria-invalid", "true")
    guest.details(page)

    booking = Booking.objects.get()
    confirm_at_bank(page, booking)
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to calendar").click()
    file = tmp_path / "stay.ics"
    download.value.save_as(file)
    assert f"DTSTART;VALUE=DATE:{booking.arrival:%Y%m%d}" in file.read_text()
    cancel(page, booking)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_from_search_to_refund_without_javascript(
    open_page: OpenPage, world: World, size: dict[str, int]
) -> None:
    page = open_page(size, java_script_enabled=False, expect_errors=(422,))
    guest.search(page, world)
    fold = page.locator("details.filters-fold > summary")
    if fold.is_visible():
        fold.click()
    page.get_by_label("Pool").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("link", name="Residencial")).to_have_count(0)
    page.get_by_role("link", name="Casa do Cais").click()
    page.locator(".calendar [rel=next]").click()
    expect(page.get_by_role("heading", name="Prices by day", level=1)).to_be_visible()
    page.locator(".calendar a.night").first.click()
    expect(page.get_by_role("heading", name="Casa do Cais", level=1)).to_be_visible()

    booking = guest.hold(page, world)
    expect(page.get_by_text("We keep this room for you until")).to_be_visible()
    page.get_by_role("button", name="Go on to payment").click()
    expect(page.get_by_label("Your name")).to_have_attribute("aria-invalid", "true")
    guest.details(page)
    confirm_at_bank(page, booking)
    cancel(page, booking)


def test_a_hold_that_ended_says_so_and_leads_back_to_the_rooms(open_page: OpenPage, world: World) -> None:
    page = open_page(expect_errors=(410,))
    booking = guest.hold(page, world)
    Booking.objects.filter(pk=booking.pk).update(
        hold_expires_at=timezone.now() + timedelta(seconds=2), created_at=timezone.now()
    )
    page.reload()
    expect(page.get_by_role("heading", name="The hold has ended")).to_be_visible()
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("link", name=re.compile("^Reserve")).first).to_be_visible()


def test_a_price_that_changed_is_shown_before_anything_is_held(open_page: OpenPage, world: World) -> None:
    page = open_page(expect_errors=(409,))
    page.goto(f"/book/{world.casa.room_type.pk}/{world.casa.plan.pk}/?{world.query}")
    stay = world.casa.stay(offset=21, nights=1)
    world.casa.plan.rates.filter(date=stay.arrival).update(price=Decimal("130.00"))
    page.get_by_role("button", name="Hold this room").click()
    expect(page.get_by_role("alert").or_(page.locator(".alert"))).to_contain_text("€342.00")
    assert not Booking.objects.exists()
    page.get_by_role("button", name="Hold this room").click()
    expect(page.get_by_role("heading", name="Who is coming?")).to_be_visible()

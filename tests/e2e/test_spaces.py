"""Spaces by the hour in the browser: a guest asks for a time, the desk answers, and the guest reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import StaffRole
from bookings.models import SpaceBooking
from core.dates import property_today
from inventory.models import Space
from tests.factories.accounts import StaffFactory
from tests.factories.spaces import booked_space, slot, space_open

from .conftest import DESK, PHONE, OpenPage
from .test_accessibility import faults, log_in, visit
from .world import World


def ask(page: Page, space: Space, clock: str) -> SpaceBooking:
    """From the day's free times over the review to the request that is sent."""
    day = property_today(space.property.time_zone) + timedelta(days=7)
    page.goto(f"{reverse('bookings:space', args=[space.property.slug, space.slug])}?day={day}")
    page.locator("section", has=page.locator("#day")).get_by_role("link", name=clock).click()
    page.get_by_label("Persons").fill("4")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_role("button", name="See price and conflicts").click()
    expect(page.get_by_role("heading", name="Look at it once more")).to_be_visible()
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="Your request is with the house.")).to_be_visible()
    return SpaceBooking.objects.latest("pk")


def test_a_guest_asks_for_times_and_the_desk_answers(
    open_page: OpenPage, world: World, live_server: Any
) -> None:
    space = space_open(
        property=world.casa.property, name="Salon Tejo", slug="salon", hourly_price=0, needs_approval=True
    )
    clerk = StaffFactory.create(property=world.casa.property, role=StaffRole.FRONT_DESK)
    guest, desk = open_page(PHONE), open_page(DESK)
    log_in(desk, live_server.url, clerk)

    first = ask(guest, space, "10:00")
    first_page = guest.url
    second = ask(guest, space, "14:00")
    second_page = guest.url
    assert (first.status, second.status) == ("requested", "requested")
    desk.goto(reverse("admin:spaces"))
    cards = desk.locator("section", has=desk.locator("#requests")).locator(".space-card")
    expect(cards).to_have_count(2)
    cards.first.get_by_role("button", name="Approve").click()
    expect(desk.locator("#messages, .messagelist").first).to_contain_text("The request is approved")
    cards.first.get_by_role("link", name="Decline…").click()
    answer = desk.locator("section", has=desk.locator("#decide"))
    answer.get_by_label("Reason").fill("The floor is polished.")
    answer.get_by_role("button", name="Decline").click()
    expect(answer).to_have_count(0)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("approved", "declined")
    guest.goto(first_page)
    expect(guest.get_by_role("heading", name="The space is yours.")).to_be_visible()
    guest.goto(second_page)
    expect(guest.get_by_role("main")).to_contain_text("The floor is polished.")
    assert faults(guest, sizes=(DESK, PHONE)) == []


def test_pages_of_spaces(open_page: OpenPage, world: World, live_server: Any) -> None:
    house = world.casa.property
    day = property_today(house.time_zone) + timedelta(days=7)
    space = space_open(property=house, name="Salon Tejo", slug="salon", hourly_price=0, building="Annexe")
    booked_space(space, day, "09:00", at=timezone.now())
    start = slot(space, day, "12:00").start.isoformat().replace("+", "%2B")
    guest = open_page(PHONE)
    paths = [
        reverse("bookings:spaces", args=[house.slug]),
        reverse("bookings:space", args=[house.slug, space.slug]),
        f"{reverse('bookings:space', args=[house.slug, space.slug])}?day={day}",
        f"{reverse('bookings:space_new', args=[house.slug, space.slug])}?start={start}",
    ]
    assert visit(guest, paths, sizes=(DESK, PHONE)) == ""

"""What a guest does, step by step; each step ends on the page it leads to."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from bookings.models import Booking

from .world import World


def search(page: Page, world: World, *, where: str = "Lisbon") -> None:
    """Look for rooms from the start page."""
    stay = world.casa.stay(offset=21, nights=3)
    page.goto("/")
    page.get_by_label("City or hotel").fill(where)
    page.get_by_label("Arrival").fill(stay.arrival.isoformat())
    page.get_by_label("Departure").fill(stay.departure.isoformat())
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("/search/"))
    page.wait_for_load_state()


def hold(page: Page, world: World) -> Booking:
    """Choose the flexible rate of the house and let the room be held."""
    page.goto(f"/hotels/{world.casa.property.slug}/?{world.query}")
    page.get_by_role("link", name=f"Reserve River double, {world.casa.plan.name}").click()
    page.get_by_role("button", name="Hold this room").click()
    expect(page.get_by_role("heading", name="Who is coming?")).to_be_visible()
    return Booking.objects.latest("pk")


def details(page: Page, *, name: str = "Ada Lovelace", email: str = "ada@example.com") -> None:
    """Say who comes."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Go on to payment").click()
    expect(page.get_by_role("heading", name="How would you like to pay?")).to_be_visible()


def pay(page: Page, *, card: str = "A card that pays", way: str = "Pay everything now") -> None:
    """Choose a way and a test card, and send it."""
    page.get_by_label(way).check()
    page.get_by_label("Test card").select_option(label=card)
    page.get_by_role("button", name="Book and pay").click()


def booked(page: Page, world: World) -> Booking:
    """From the house's page to the confirmation in one go."""
    booking = hold(page, world)
    details(page)
    pay(page)
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()
    booking.refresh_from_db()
    return booking

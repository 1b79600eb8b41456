"""A guest who waits: joins where all is sold out, gets the offer by mail, takes it and pays."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Booking
from bookings.selectors import inventory_differences
from bookings.services import booking_cancel
from notifications.models import Notification
from tests.factories.bookings import held
from tests.factories.waitlist import waiting
from tests.outbox import run_effects
from waitlist.models import WaitlistOffer
from waitlist.services.moving import OFFERS_MAKE

from . import guest
from .conftest import DESK, PHONE, OpenPage
from .test_accessibility import faults
from .world import World


def sell_out(world: World) -> list[Booking]:
    """Hold every room of the house on the nights that everybody looks at."""
    stay = world.casa.stay(offset=21, nights=3)
    return [held(world.casa, stay=stay, hold_minutes=1440).booking for _room in range(5)]


def join(page: Page, world: World) -> None:
    """From the sold-out house to the waitlist."""
    page.goto(f"/hotels/{world.casa.property.slug}/?{world.query}")
    page.get_by_role("link", name="Join the waitlist for any room").click()
    expect(page.get_by_role("heading", name="Join the waitlist")).to_be_visible()
    expect(page.get_by_label("Arrival")).to_have_value(world.casa.stay(21, 3).arrival.isoformat())
    assert faults(page) == []
    page.get_by_role("button", name="Join the waitlist").click()
    expect(page.get_by_label("Your name")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("earlier or later").select_option(label="± 2 days")
    page.get_by_label("Highest total").fill("400")
    page.get_by_label("Your name").fill("Grace Hopper")
    page.get_by_label("E-mail address").fill("grace@example.com")
    page.get_by_role("button", name="Join the waitlist").click()
    expect(page.get_by_role("heading", name="You are on the waitlist")).to_be_visible()
    expect(page.get_by_text("Nobody who wants these nights is before you.")).to_be_visible()


def link_of_mail(page: Page, label: str) -> str:
    """Where a button of the newest offer mail leads, read in the mail itself."""
    mail = Notification.objects.filter(type="waitlist_offered", channel="email").latest("pk")
    document = page.request.get(f"/dev/mail/{mail.pk}/html/").text()
    found = re.search(rf'href="([^"]+)"[^>]*>\s*(?:<[^>]+>\s*)*{re.escape(label)}', document)
    assert found, document
    return unescape(found[1])


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_join_get_the_mail_accept_and_pay(
    open_page: OpenPage, world: World, size: dict[str, int], live_server: Any
) -> None:
    bookings = sell_out(world)
    # other dates are sold as well, or the flexible guest would not have to wait
    for offset in (19, 20, 22, 23):
        stay = world.casa.stay(offset=offset, nights=1)
        for _room in range(world.casa.inventory(offset).available):
            held(world.casa, stay=stay, hold_minutes=1440)
    page = open_page(size, expect_errors=(410, 422))
    join(page, world)
    assert faults(page) == []

    booking_cancel(booking_id=bookings[0].pk, actor=None)
    run_effects(kinds=[OFFERS_MAKE])
    other = open_page(size, expect_errors=(410,), java_script_enabled=False)
    other.goto(link_of_mail(page, "Take the room"))
    expect(other.get_by_role("heading", name="A room is kept for you")).to_be_visible()
    assert "token" not in other.url
    offer = WaitlistOffer.objects.get()
    assert (offer.status, offer.total) == ("open", Decimal("282.00"))  # the saver rate, and the city tax
    page.goto(link_of_mail(page, "Take the room"))
    assert faults(page) == []
    other.get_by_role("button", name="Take the room").click()
    expect(other.get_by_role("heading", name="How would you like to pay?")).to_be_visible()
    guest.pay(other)

    expect(other.get_by_role("heading", name="Your room is booked.")).to_be_visible()
    booking = Booking.objects.get(pk=offer.booking_id)
    assert (booking.status, booking.total, booking.guest_name) == (
        "confirmed",
        Decimal("282.00"),
        "Grace Hopper",
    )
    page.goto(f"/waitlist/offer/{offer.reference}/")
    expect(page.get_by_role("heading", name="You have taken this offer")).to_be_visible()
    assert faults(page) == []
    assert inventory_differences() == []


def test_decline_leave_and_come_too_late(open_page: OpenPage, world: World) -> None:
    bookings = sell_out(world)
    stay = world.casa.stay(offset=21, nights=3)
    entry = waiting(world.casa, stay=stay, any_room=True)
    booking_cancel(booking_id=bookings[0].pk, actor=None)
    run_effects(kinds=[OFFERS_MAKE])
    page = open_page(PHONE, expect_errors=(410,))

    page.goto(link_of_mail(page, "No, thank you"))
    page.get_by_role("button", name="No, but keep me on the waitlist").click()
    expect(page.get_by_text("You have turned it down.")).to_be_visible()
    entry.refresh_from_db()
    assert entry.status == "waiting"

    WaitlistOffer.objects.all().delete()
    booking_cancel(booking_id=bookings[1].pk, actor=None)
    run_effects(kinds=[OFFERS_MAKE])
    address = link_of_mail(page, "Take the room")
    WaitlistOffer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    page.goto(address)
    expect(page.get_by_role("heading", name="This offer is over")).to_be_visible()
    assert faults(page) == []


def test_full_houses_in_the_search_lead_to_the_waitlist(open_page: OpenPage, world: World) -> None:
    sell_out(world)
    page = open_page(PHONE)

    page.goto(f"/search/?where=Lisbon&{world.query}")
    assert faults(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("link", name="Join the waitlist of Casa do Cais").click()

    expect(page.get_by_role("heading", name="Join the waitlist")).to_be_visible()

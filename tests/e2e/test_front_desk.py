"""A day at the front desk: walk-in, check-in, another room, an extra, the payment, check-out and the invoice."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import StaffRole
from bookings.models import Booking, RoomAssignment
from core.money import format_money
from inventory.models import Extra, Room
from payments.models import Invoice
from tests.factories.accounts import StaffFactory
from tests.pdf_text import pdf_lines

from .conftest import DESK, OpenPage
from .test_accessibility import faults, log_in
from .world import World

TABLET = {"width": 820, "height": 1180}


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def open_link(page: Page, name: str | re.Pattern[str]) -> None:
    page.locator("#content").get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def test_a_day_at_the_front_desk(open_page: OpenPage, world: World, live_server: Any) -> None:
    clerk = StaffFactory.create(property=world.casa.property, role=StaffRole.FRONT_DESK)
    Extra.objects.create(property=world.casa.property, name="Breakfast", price=Decimal("12.00"))
    page = open_page(TABLET)
    log_in(page, live_server.url, clerk)

    page.goto(reverse("admin:today"))
    open_link(page, "Walk-in")
    page.get_by_label("Guest's name").fill("Grace Hopper")
    press(page, "Book and check in")
    booking = Booking.objects.get(guest_name="Grace Hopper")
    assert booking.status == "checked_in"
    expect(page.locator("#messages")).to_contain_text(f"{booking.reference} is checked in.")

    press(page, "Undo")
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    page.goto(reverse("admin:today"))
    open_link(page, re.compile("^Check in"))
    page.get_by_label("Document number").first.fill("X1234567")
    page.get_by_label("Document", exact=True).first.select_option("passport")
    press(page, "Check in")
    booking.refresh_from_db()
    assert booking.status == "checked_in"

    open_link(page, re.compile("^Room"))
    taken = RoomAssignment.objects.get(booking=booking).room_id
    other = Room.objects.filter(room_type=booking.room_type_id).exclude(pk=taken).order_by("pk").first()
    assert other is not None
    page.locator(f"input[name=room][value='{other.pk}']").check()
    press(page, "Move to this room")
    assert RoomAssignment.objects.get(booking=booking).room == other

    page.goto(reverse("admin:bookings_booking_extras", args=[booking.pk]))
    page.get_by_role("button", name=re.compile("Breakfast|Add")).first.click()
    page.wait_for_load_state()
    owed = booking.total + Decimal("12.00")

    page.goto(reverse("admin:bookings_booking_check_out", args=[booking.pk]))
    page.get_by_label("Payment", exact=True).select_option("cash")
    expect(page.get_by_label("Amount", exact=True)).to_have_value(f"{owed:.2f}")
    press(page, "Check out")
    booking.refresh_from_db()
    invoice = Invoice.objects.get(folio=booking.folio_id)
    assert booking.status == "checked_out"
    assert (invoice.total, invoice.due) == (owed, Decimal(0))

    document = page.context.request.get(reverse("admin:payments_invoice_pdf", args=[invoice.pk]))
    assert document.headers["content-type"] == "application/pdf"
    written = pdf_lines(document.body())
    assert f"Invoice {invoice.number}" in written
    assert {booking.reference, "Grace Hopper"} <= set(written)
    table = written[written.index("Gross") + 1 :]
    for line in invoice.lines:
        at = table.index(line["description"])
        assert format_money(Decimal(line["gross"]), "EUR") in table[at : at + 5]
    assert sum(Decimal(line["gross"]) for line in invoice.lines) == owed
    assert "Breakfast" in " ".join(line["description"] for line in invoice.lines)
    sums = written[written.index("Total") :]
    assert sums[:2] == ["Total", format_money(owed, "EUR")]
    assert sums[2].endswith(": Payment (cash)")
    assert sums[3:6] == [format_money(-owed, "EUR"), "Left to pay", format_money(Decimal(0), "EUR")]


def test_the_pages_of_the_front_desk_are_for_everybody(
    open_page: OpenPage, world: World, live_server: Any
) -> None:
    clerk = StaffFactory.create(property=world.casa.property, role=StaffRole.FRONT_DESK)
    page = open_page(DESK)
    log_in(page, live_server.url, clerk)
    page.goto(reverse("admin:today"))
    found = faults(page)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    open_link(page, "Walk-in")
    page.get_by_label("Guest's name").fill("Grace Hopper")
    press(page, "Book and check in")
    booking = Booking.objects.get(guest_name="Grace Hopper")
    for name in ("change", "check_out", "room", "extend"):
        page.goto(reverse(f"admin:bookings_booking_{name}", args=[booking.pk]))
        found += faults(page)

    assert "\n".join(found) == ""

"""What a bank may answer, and when."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from payments.models import SandboxIntent
from payments.services import sandbox_events_deliver

from . import guest
from .conftest import PHONE, OpenPage
from .world import World


def test_declined_first_then_paid(open_page: OpenPage, world: World) -> None:
    page = open_page(PHONE, expect_errors=(422,))
    booking = guest.hold(page, world)
    guest.details(page)
    guest.pay(page, card="A card that is declined", way="Pay the deposit now")
    expect(page.locator(".alert--error")).to_contain_text("declined")
    expect(page.get_by_label("Pay the deposit now")).to_be_checked()
    guest.pay(page, way="Pay the deposit now")
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()
    expect(page.locator("dl.facts div", has_text="Still to pay")).to_contain_text("€218.40")
    statuses = page.locator("[data-label=Status]")
    expect(statuses).to_have_text([re.compile("Captured|Paid"), re.compile("Failed")])
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_an_answer_that_comes_later_changes_the_page_by_itself(open_page: OpenPage, world: World) -> None:
    page = open_page()
    booking = guest.hold(page, world)
    guest.details(page)
    guest.pay(page, card="A card whose bank answers later")
    expect(page.get_by_text("The bank has not answered yet.")).to_be_visible()
    address = page.url
    SandboxIntent.objects.update(event_due_at=timezone.now() - timedelta(seconds=1))
    assert sandbox_events_deliver() == 1
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible(timeout=15_000)
    assert page.url == address
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_refusing_at_the_bank_leads_back_to_the_ways_to_pay(open_page: OpenPage, world: World) -> None:
    page = open_page()
    guest.hold(page, world)
    guest.details(page)
    guest.pay(page, card="A card whose bank asks for confirmation")
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_text("The last payment did not go through")).to_be_visible()
    guest.pay(page)
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()


def test_leaving_the_bank_without_an_answer_offers_to_go_back_there(
    open_page: OpenPage, world: World
) -> None:
    page = open_page()
    booking = guest.hold(page, world)
    guest.details(page)
    guest.pay(page, card="A card whose bank asks for confirmation")
    page.goto(f"/booking/{booking.reference}/pay/")
    page.get_by_role("link", name="Approve it there").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()

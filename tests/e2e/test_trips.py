"""A trip of two bookings, paid for once."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from bookings.models import Trip
from payments.models import Payment
from payments.selectors import ledger_problems

from .conftest import OpenPage
from .guest import details, hold
from .test_accessibility import faults
from .world import World


def test_two_bookings_become_a_trip_and_are_paid_once(open_page: OpenPage, world: World) -> None:
    page = open_page()
    first = hold(page, world)
    details(page)
    page.goto(f"/booking/{first.reference}/")
    page.get_by_role("button", name="Add another stay").click()
    expect(page).to_have_url(re.compile("/search/"))
    expect(page.get_by_text("What you book now belongs to")).to_be_visible()
    hold(page, world)
    details(page)
    trip = Trip.objects.get()

    page.goto(f"/trips/{trip.reference}/")
    expect(page.get_by_role("heading", name="Day by day")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Pay for everything").click()
    page.get_by_label("Pay everything now").check()
    page.get_by_role("button", name="Book and pay").click()

    expect(page.get_by_text("Confirmed")).to_have_count(2)
    assert set(trip.bookings.values_list("status", flat=True)) == {"confirmed"}
    assert Payment.objects.filter(collective=None, status="captured").count() == 1
    assert ledger_problems() == []
    page.get_by_role("button", name="Make an address").click()
    shared = page.get_by_label("Address", exact=True).input_value()
    stranger = open_page()
    stranger.goto(shared)
    expect(stranger.get_by_role("heading", name=trip.title)).to_be_visible()
    assert "Lovelace" not in stranger.content()
    assert faults(stranger) == []

"""Reports in the browser: nothing that axe finds, in light or dark, and nothing too wide for a phone."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import StaffRole
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed

from .conftest import DESK, OpenPage
from .test_accessibility import log_in, visit
from .world import World


def test_pages_of_reports(open_page: OpenPage, world: World, live_server: Any) -> None:
    confirmed(world.casa)
    manager = StaffFactory.create(property=world.casa.property, role=StaffRole.MANAGER)
    page = open_page(DESK, expect_errors=(422,))
    log_in(page, live_server.url, manager)
    occupancy = reverse("admin:report", args=["occupancy"])

    paths = [
        reverse("admin:reports"),
        f"{occupancy}?compare=previous",
        f"{reverse('admin:report', args=['revenue_channel'])}?period=next_90&compare=previous",
        f"{occupancy}?from=nonsense",
        reverse("admin:exports"),
        f"{reverse('admin:export-new')}?kind=bookings",
    ]
    assert visit(page, paths) == ""

    page.goto(occupancy)
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_label("From").dispatch_event("change")
    assert page.get_by_label("Period").input_value() == "days"

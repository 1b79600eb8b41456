"""Every page that the people of a house work with: nothing that axe finds, as tablet on the desk and in the hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole, User
from bookings.models import Booking, Guest
from bookings.services.desk import booking_check_in
from bookings.services.guest_profiles import guest_link
from core.dates import property_today
from inventory.models import Extra
from inventory.rate_wishes import RateWish
from inventory.services.rate_edits import rate_edit_apply, rate_edit_draft
from payments.models import Invoice
from reports.admin.links import drill_address
from reports.models import ReportSchedule
from reports.types import Drill, DrillBy
from tests.admin.rows import BUILDERS
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel
from tests.factories.spaces import booked_space, slot, space_open
from tests.groups.conftest import group_kept

from .conftest import DESK, PHONE, OpenPage
from .test_accessibility import log_in, visit
from .world import World

Pages = Callable[[Hotel, User], list[str]]


def in_house(house: Hotel, clerk: User) -> Booking:
    """A stay that began today."""
    booking = confirmed(house, stay=house.stay())
    return booking_check_in(booking_id=booking.pk, actor=clerk)


def the_day(house: Hotel, clerk: User) -> list[str]:
    Extra.objects.create(property=house.property, name="Breakfast", price=Decimal("12.00"))
    coming, here = confirmed(house, stay=house.stay()), in_house(house, clerk)
    today, chart = reverse("admin:today"), reverse("admin:chart")
    forms = ("change", "check_out", "room", "extend", "extras")
    return [
        f"{today}?show=arrivals",
        f"{today}?day={date.today() + timedelta(days=40)}",  # noqa: DTZ011 - a day on which nothing happens
        reverse("admin:bookings_booking_desk"),
        reverse("admin:bookings_booking_check_in", args=[coming.pk]),
        reverse("admin:bookings_booking_change_stay", args=[coming.pk]),
        *(reverse(f"admin:bookings_booking_{name}", args=[here.pk]) for name in forms),
        chart,
        f"{chart}?days=91",
        reverse("admin:chart_stay", args=[coming.pk, 1]),
        reverse("admin:chart_assign"),
        reverse("admin:housekeeping"),
    ]


def people(house: Hotel, clerk: User) -> list[str]:
    here = in_house(house, clerk)
    kept = guest_link(booking_id=here.pk)
    twin = Guest.objects.create(property=house.property, name=kept.name, phone="+493012345678")
    group = group_kept(house, clerk, rooms=2, offset=14)
    return [
        reverse("admin:bookings_guest_change", args=[kept.pk]),
        reverse("admin:bookings_guest_merge", args=[kept.pk, twin.pk]),
        reverse("admin:groups"),
        reverse("admin:bookings_group_new"),
        reverse("admin:bookings_group_change", args=[group.pk]),
        reverse("admin:bookings_group_edit", args=[group.pk]),
        reverse("admin:bookings_group_pick_up", args=[group.pk]),
    ]


def prices(house: Hotel, clerk: User) -> list[str]:
    today = property_today(house.property.time_zone)
    asked = {"room_type_ids": (house.room_type.pk,), "rate_plan_ids": (house.plan.pk,), "first": today}
    wish = RateWish(kind="set", last=today + timedelta(days=9), value=Decimal("142.00"), **asked)
    done = rate_edit_draft(property_id=house.property.pk, wish=wish, actor=clerk)
    rate_edit_apply(edit_id=done.pk, actor=clerk)
    other = RateWish(kind="percent", last=today + timedelta(days=19), value=Decimal(-7), **asked)
    draft = rate_edit_draft(property_id=house.property.pk, wish=other, actor=clerk)
    grid = reverse("admin:rates-grid")
    return [
        grid,
        f"{grid}?months=3",
        reverse("admin:rate_edit", args=[draft.pk]),
        reverse("admin:rate_edit_undo", args=[done.pk]),
        reverse("admin:audit-log"),
        reverse("admin:inventory_roomtype_history", args=[house.room_type.pk]),
    ]


def figures(house: Hotel, clerk: User) -> list[str]:
    confirmed(house)
    invoice = BUILDERS[Invoice](house, 1)
    schedule = BUILDERS[ReportSchedule](house, 1)
    behind = Drill((house.property.pk,), DrillBy.STAY, house.first, house.first + timedelta(days=9))
    return [
        reverse("admin:report", args=["pace"]),
        reverse("admin:report", args=["payments"]),
        drill_address("occupancy", behind),
        reverse("admin:reports_reportschedule_changelist"),
        reverse("admin:reports_reportschedule_change", args=[schedule.pk]),
        reverse("admin:payments_invoice_changelist"),
        reverse("admin:payments_invoice_change", args=[invoice.pk]),
        reverse("admin:payments_invoice_cancel", args=[invoice.pk]),
        reverse("admin:payments_invoice_issue", args=[invoice.folio_id]),
    ]


def spaces(house: Hotel, clerk: User) -> list[str]:
    space = space_open(property=house.property, name="Salon Tejo", slug="salon", needs_approval=True)
    tomorrow = property_today(house.property.time_zone) + timedelta(days=1)
    asked = booked_space(space, tomorrow, "10:00", at=timezone.now()).booking
    start = slot(space, tomorrow, "14:00").start.isoformat().replace("+", "%2B")
    page, book = reverse("admin:spaces"), reverse("admin:space_book")
    return [
        f"{page}?week={tomorrow}",
        f"{page}?space={space.pk}&week={tomorrow}",
        f"{book}?space={space.pk}&day={tomorrow}",
        f"{book}?space={space.pk}&start={start}",
        reverse("admin:space_booking", args=[asked.reference]),
        reverse("admin:inventory_space_change", args=[space.pk]),
    ]


@pytest.mark.parametrize("pages", [the_day, people, prices, figures, spaces])
def test_pages_of_the_staff(open_page: OpenPage, world: World, live_server: Any, pages: Pages) -> None:
    manager = StaffFactory.create(property=world.casa.property, role=StaffRole.MANAGER)
    paths = pages(world.casa, manager)
    page = open_page(DESK)
    log_in(page, live_server.url, manager)

    assert visit(page, paths, sizes=(DESK, PHONE)) == ""

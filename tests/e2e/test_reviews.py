"""A review from the mail's link to the page of the house."""

from __future__ import annotations

from playwright.sync_api import expect

from bookings.links import booking_url
from bookings.models import Review
from bookings.services.reviews import review_moderate
from core.cache.client import cache_server
from tests.factories.accounts import SuperuserFactory
from tests.factories.reviews import lived

from .conftest import PHONE, OpenPage
from .test_accessibility import faults
from .world import World


def test_a_guest_reviews_from_the_link_of_the_mail(open_page: OpenPage, world: World) -> None:
    booking = lived(world.casa, stay=world.casa.stay(offset=21))
    page = open_page(PHONE)

    page.goto(booking_url(booking, step="review"))
    for category in ("Cleanliness", "Comfort", "Location", "Staff", "Value for money"):
        page.get_by_role("group", name=category).get_by_label("5").check()
    page.get_by_label("In a few words").fill("By the river, and quiet")
    page.get_by_label("What was it like?").fill("We heard nothing but boats.")
    page.get_by_role("button", name="Send the review").click()

    expect(page.get_by_text("Your review is with us. Somebody reads it")).to_be_visible()
    assert faults(page) == []
    review_moderate(review_id=Review.objects.get().pk, is_published=True, actor=SuperuserFactory.create())
    cache_server().redis.flushdb()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"/hotels/{world.casa.property.slug}/#reviews")
    expect(page.get_by_role("heading", name="By the river, and quiet")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="By the river, and quiet").click()
    page.get_by_label("not about a stay here").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Somebody will look at it.")).to_be_visible()
    assert Review.objects.get().reports.count() == 1

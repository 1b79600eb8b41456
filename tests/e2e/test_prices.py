"""A guest looks at how a price moved, watches it without an account, and gets one mail when it drops."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from playwright.sync_api import expect

from core.cache.client import cache_server
from inventory.models import Rate
from notifications.models import Notification
from tests.factories.inventory import hotel
from waitlist.models import PriceAlert
from waitlist.services.alert_checks import alerts_check

from .conftest import PHONE, OpenPage
from .test_accessibility import faults


def test_guest_watches_a_price_and_is_told_of_the_drop(open_page: OpenPage) -> None:
    house = hotel(price=100, name="Hotel am Kanal", slug="am-kanal-prices")
    stay = house.stay(0, 2)
    query = f"arrival={stay.arrival}&departure={stay.departure}&adults=2"
    page = open_page(PHONE)
    found = []

    page.goto(f"/hotels/{house.property.slug}/?{query}")
    page.get_by_role("link", name=re.compile("How the price of")).first.click()
    page.get_by_role("img", name=re.compile("over time")).first.wait_for()
    expect(page.get_by_role("cell", name="€200.00").first).to_be_visible()
    found += faults(page)

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("link", name="Watch this price").click()
    found += faults(page)
    page.get_by_label("Percent").fill("10")
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_role("button", name="Watch this price").click()
    page.get_by_role("heading", name="One more step").wait_for()
    found += faults(page)

    link = Notification.objects.get(recipient="ada@example.com").context["action_url"]
    page.goto(link)
    found += faults(page)
    page.get_by_role("button", name="Yes, watch this price").click()
    page.get_by_text("We watch the price for you now.").wait_for()
    found += faults(page)

    Rate.objects.filter(room_type=house.room_type).update(price=Decimal(85))
    cache_server().redis.flushdb()  # what was changed behind the services' back
    for minutes in (1, 2):
        alerts_check(at=timezone.now() + timedelta(minutes=minutes))
    mail = Notification.objects.get(type="price_drop")
    assert (mail.recipient, mail.context["total"]) == ("ada@example.com", "170.00")
    page.goto(mail.context["book_url"])
    page.get_by_text("€170.00").first.wait_for()

    page.goto(mail.context["manage_url"])
    expect(page.get_by_text("€170.00").first).to_be_visible()
    page.get_by_role("button", name="Delete this alert").click()
    page.get_by_text("The price alert is deleted.").wait_for()
    assert not PriceAlert.objects.exists()
    assert found == []

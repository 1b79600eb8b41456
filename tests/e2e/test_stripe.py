"""A guest pays through Stripe: on Stripe's page without JavaScript, and in its field on ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from inventory.models import Property
from payments.models import Payment
from payments.selectors import folio_balance
from tests.payments.stripe_fake import StripeFake
from tests.payments.stripe_fake.server import PUBLISHABLE_KEY
from tests.payments.stripe_fake.switch import stripe_let_go, stripe_switch_on

from . import guest
from .conftest import DESK, PHONE, OpenPage
from .stripe_js import stripe_js_route
from .watching import sideways_scroll
from .world import World


@pytest.fixture
def fake(world: World, settings: Any) -> Iterator[StripeFake]:
    """An account for all houses of the world, and for them alone."""
    server = StripeFake()
    stripe_switch_on(settings, server.url)
    Property.objects.update(gateways=["stripe"])
    yield server
    stripe_let_go()
    server.close()


def to_payment(page: Page, world: World) -> Any:
    booking = guest.hold(page, world)
    guest.details(page)
    page.get_by_label("Pay everything now").check()
    return booking


def test_without_javascript_the_guest_pays_on_stripes_page_with_3d_secure(
    open_page: OpenPage, world: World, fake: StripeFake
) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    booking = to_payment(page, world)
    page.get_by_role("button", name="Book and pay").click()
    expect(page.get_by_role("heading", name="Pay with the fake")).to_be_visible()
    page.get_by_label("Card").select_option(label="A card that is declined")
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    page.get_by_label("Card").select_option(label="A card with 3-D Secure")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()
    booking.refresh_from_db()
    payment = Payment.objects.get()
    assert (booking.status, payment.status, payment.provider_reference) == (
        "confirmed",
        "captured",
        fake.intent()["id"],
    )
    assert payment.provider_session == fake.session()["id"]
    assert folio_balance(folio_id=booking.folio_id) == 0


def test_leaving_stripes_page_leads_back_to_the_ways_to_pay(
    open_page: OpenPage, world: World, fake: StripeFake
) -> None:
    page = open_page(java_script_enabled=False)
    to_payment(page, world)
    page.get_by_role("button", name="Book and pay").click()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("link", name="Approve it there")).to_be_visible()
    page.get_by_role("button", name="Book and pay").click()
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["cancelled", "captured"]
    assert [session["status"] for session in fake.account.sessions.values()] == ["expired", "complete"]


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_a_card_is_typed_into_stripes_field(
    open_page: OpenPage, world: World, fake: StripeFake, size: dict[str, int]
) -> None:
    page = open_page(size)
    seen = stripe_js_route(page, fake)
    booking = to_payment(page, world)
    page.get_by_role("button", name="Book and pay").click()
    expect(page).to_have_url(re.compile("/pay/card/$"))
    page.get_by_label("Card number").fill("pm_card_chargeCustomerFail")
    page.get_by_role("button", name=re.compile("^Pay €")).click()
    expect(page.locator("[data-card-error]")).to_contain_text("Your card was declined.")
    assert sideways_scroll(page) == 0
    page.get_by_label("Card number").fill("pm_card_visa")
    page.get_by_role("button", name=re.compile("^Pay €")).click()
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()
    assert "secret" not in page.url
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert Payment.objects.get().provider_reference == fake.intent()["id"]
    assert set(seen) == {PUBLISHABLE_KEY, fake.intent()["client_secret"]}


def test_where_stripes_script_does_not_load_the_payment_page_is_left(
    open_page: OpenPage, world: World, fake: StripeFake
) -> None:
    page = open_page()
    page.route(
        "https://js.stripe.com/v3/", lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    to_payment(page, world)
    page.get_by_role("button", name="Book and pay").click()
    expect(page.locator("[data-card-error]")).to_contain_text("The card field cannot be loaded.")
    page.get_by_role("button", name="Pay on the payment page instead").click()
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()


def test_stripe_is_let_in_on_its_own_page_only(open_page: OpenPage, world: World, fake: StripeFake) -> None:
    page = open_page()
    stripe_js_route(page, fake)
    policies: dict[str, str] = {}
    page.on(
        "response",
        lambda answer: policies.update({answer.url: answer.headers.get("content-security-policy", "")}),
    )
    to_payment(page, world)
    page.get_by_role("button", name="Book and pay").click()
    expect(page.get_by_label("Card number")).to_be_visible()
    pages = [url for url, policy in policies.items() if "script-src" in policy and "js.stripe.com" in policy]
    assert len(pages) == 1
    assert pages[0].endswith("/pay/card/")
    assert "unsafe-inline" not in policies[pages[0]]

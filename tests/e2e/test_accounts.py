"""People with accounts: sign-up, mails, log-in, passwords, second factor, and what members pay."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page, expect

from accounts.models import Membership, User
from accounts.services import user_create
from tests.authenticator import code_shown
from tests.factories.accounts import MembershipTierFactory

from . import guest
from .conftest import DESK, PHONE, OpenPage
from .world import World

EMAIL = "ada@example.com"
PASSWORD = "a lantern over the door"


def account(*, discount_percent: int = 0) -> User:
    """A guest who has confirmed their address."""
    user = user_create(email=EMAIL, password=PASSWORD, full_name="Ada Lovelace", is_verified=True)
    tier = MembershipTierFactory.create(name="Gold", discount_percent=Decimal(discount_percent))
    Membership.objects.filter(user=user).update(tier=tier)
    return user


def log_in(page: Page, *, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


def follow_mail(page: Page, subject: str) -> None:
    """Open the newest mail with this subject in the outbox and go where its button leads."""
    page.goto("/dev/mail/")
    page.get_by_role("link", name=subject).first.click()
    page.frame_locator("iframe").locator("a.button").first.click()


def test_sign_up_confirm_log_in_and_find_the_bookings(open_page: OpenPage, world: World) -> None:
    page = open_page(PHONE)
    page.goto("/account/signup/")
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("mail")
    follow_mail(page, "Confirm")
    page.get_by_role("button", name="Confirm").click()
    log_in(page)
    expect(page.get_by_role("heading", name="No stay ahead")).to_be_visible()

    booking = guest.hold(page, world)
    expect(page.get_by_label("Your name")).to_have_value("Ada Lovelace")
    page.get_by_role("button", name="Go on to payment").click()
    guest.pay(page)
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()
    page.goto("/my/bookings/")
    expect(page.get_by_text(booking.reference)).to_be_visible()
    page.get_by_role("link", name="Casa do Cais").click()
    expect(page.locator(".fob")).to_have_text(booking.reference)


def test_a_forgotten_password_is_set_anew(open_page: OpenPage, world: World) -> None:
    account()
    page = open_page()
    page.goto("/account/login/")
    page.get_by_role("link", name="Forgot").click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_role("main").get_by_role("button").click()
    follow_mail(page, "password")
    fields = page.locator("main input[type=password]")
    expect(fields).to_have_count(2)
    for field in fields.all():
        field.fill("another lantern now")
    page.get_by_role("main").get_by_role("button").first.click()
    log_in(page, password="another lantern now")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()


def test_a_second_factor_is_set_up_and_asked_for(open_page: OpenPage, world: World) -> None:
    account()
    page = open_page(DESK)
    log_in(page)
    page.goto("/account/2fa/totp/activate/")
    if page.get_by_label("Password").count():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button").first.click()
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill(code_shown(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("main")).to_contain_text("recovery codes")
    stranger = open_page(PHONE)
    log_in(stranger)
    expect(stranger.get_by_label("Code")).to_be_visible()


def test_members_see_their_discount_as_a_line(open_page: OpenPage, world: World) -> None:
    account(discount_percent=10)
    page = open_page(PHONE)
    log_in(page)
    guest.hold(page, world)
    expect(page.locator(".quote__less").first).to_contain_text("-€")
    expect(page.locator(".quote__total")).to_contain_text("€282.00")


def test_a_booking_is_found_by_reference_and_address(open_page: OpenPage, world: World) -> None:
    booking = guest.booked(open_page(), world)
    page = open_page(PHONE, expect_errors=(404, 422))
    assert page.goto(f"/booking/{booking.reference}/").status == 404  # type: ignore[union-attr]
    page.get_by_role("button", name="Menu").or_(page.locator("summary", has_text="Menu")).click()
    page.get_by_role("link", name="Look up a booking").first.click()
    page.get_by_label("Booking reference").fill(booking.reference.lower())
    page.get_by_label("E-mail address").fill("eve@example.com")
    page.get_by_role("button", name="Open it").click()
    expect(page.locator(".errorlist, .alert").first).to_be_visible()
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_role("button", name="Open it").click()
    expect(page.locator(".fob")).to_have_text(booking.reference)

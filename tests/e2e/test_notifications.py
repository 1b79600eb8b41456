"""Reading the inbox, choosing what to be told, and declining mails: in a browser."""

from __future__ import annotations

from playwright.sync_api import expect

from notifications.models import Notification
from notifications.samples import sample_context
from notifications.services import notification_enqueue, unsubscribe_link

from .conftest import DESK, PHONE, OpenPage
from .test_accessibility import faults
from .test_accounts import account, log_in
from .world import World


def told(kind: str, number: int = 1) -> Notification:
    """Something the guest of the account was told."""
    written = notification_enqueue(
        type=kind,
        recipient="ada@example.com",
        context=sample_context(kind),
        dedup_key=f"{kind}:{number}",
        user=account() if number == 1 else None,
    )
    assert written is not None
    return written


def test_a_guest_reads_the_inbox(open_page: OpenPage, world: World) -> None:
    told("booking_confirmed")
    page = open_page(PHONE)
    log_in(page)

    page.get_by_role("link", name="Inbox 1 unread").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    assert faults(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("link", name="Your booking VQ7KM2XD").click()
    expect(page.get_by_text("is confirmed. We look forward to your stay.")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Back to the inbox").click()

    expect(page.get_by_role("link", name="Inbox", exact=True).first).to_be_visible()
    expect(page.get_by_text("Unread:")).to_have_count(0)


def test_a_guest_chooses_what_to_be_told(open_page: OpenPage, world: World) -> None:
    account()
    page = open_page(DESK)
    log_in(page)
    page.goto("/account/notifications/")
    assert faults(page) == []
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    offers = page.get_by_role("group", name="Offers and news").get_by_label("e-mail")
    expect(offers).not_to_be_checked()
    expect(page.get_by_role("group", name="Bookings and payments").get_by_label("e-mail")).to_be_disabled()

    offers.check()
    page.get_by_role("main").get_by_role("button", name="Save").click()

    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    expect(page.get_by_role("group", name="Offers and news").get_by_label("e-mail")).to_be_checked()


def test_a_guest_without_an_account_declines(open_page: OpenPage, world: World) -> None:
    link = unsubscribe_link(told("thank_you"))
    page = open_page(PHONE)
    page.goto("/unsubscribe/" + link.split("/unsubscribe/")[1])
    assert faults(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    page.get_by_role("button", name="Unsubscribe").click()

    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    assert faults(page) == []

"""Having one's data and having it erased, in a browser: without scripts too, readable, and nothing that axe finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.services import user_create
from tests.factories.accounts import SuperuserFactory
from tests.factories.bookings import confirmed
from tests.factories.reviews import lived

from .conftest import DESK, OpenPage
from .test_accessibility import faults, log_in
from .world import World

PASSWORD = "a lantern over the door"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _list(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")


def ada() -> User:
    return user_create(email="ada@example.com", password=PASSWORD, full_name="Ada", is_verified=True)


def enter(page: Page, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/my/")


def test_a_guest_without_scripts_downloads_and_erases_everything(
    world: World, browser: Browser, live_server: Any
) -> None:
    user = ada()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    try:
        enter(page)
        page.goto("/account/personal-data/")
        page.get_by_role("button", name="Download everything").click()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button").first.click()
        page.goto("/account/personal-data/")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download everything").click()
        assert download.value.suggested_filename.endswith(".zip")
        page.goto("/account/delete/")
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_label("I know that this cannot be undone").check()
        page.get_by_role("button", name="Erase everything about me").click()
        expect(page.get_by_role("heading", name="Your account is erased")).to_be_visible()
    finally:
        context.close()
    user.refresh_from_db()
    assert not user.is_active


def test_the_pages_of_ones_data_and_devices(open_page: OpenPage, world: World, live_server: Any) -> None:
    user = ada()
    confirmed(world.casa, user=user)
    page = open_page(DESK)
    enter(page)
    found = []
    for path in ("/account/personal-data/", "/account/delete/", "/account/sessions/"):
        page.goto(path)
        found += faults(page, sizes=(DESK, PHONE))
    assert "\n".join(found) == ""


def test_the_page_of_the_administration(open_page: OpenPage, world: World, live_server: Any) -> None:
    lived(world.casa)
    page = open_page(DESK)
    log_in(page, live_server.url, SuperuserFactory.create())
    page.goto("/admin/personal-data/")
    found = faults(page, sizes=(DESK,))
    page.get_by_label("E-mail address or booking reference").fill("ada@example.com")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", name="Erase this person")).to_be_visible()
    found += faults(page, sizes=(DESK, PHONE))
    assert "\n".join(found) == ""
    page.get_by_label("Type the address or reference once more").fill("ada@example.com")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Written down as")).to_be_visible()

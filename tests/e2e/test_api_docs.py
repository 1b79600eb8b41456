"""The page to try the API: it renders under the strict content security policy, and its requests go through."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from tests.factories.accounts import UserFactory

from .conftest import OpenPage
from .world import World

PATIENCE_MS = 30_000
"""The schema is made anew for every page."""


def test_it_shows_every_operation_and_asks_the_api(open_page: OpenPage, world: World) -> None:
    page = open_page()
    page.goto("/api/docs/")
    schema = Client().get("/api/schema/", {"format": "json"}).json()
    operations = sum(len(methods) for methods in schema["paths"].values())
    assert operations > 90
    expect(page.locator(".opblock").first).to_be_visible(timeout=PATIENCE_MS)
    _shoot(page, "api-docs")
    assert len(_operations_while_scrolling(page)) == operations

    page.evaluate("scrollTo(0, 0)")
    page.locator("#operations-properties-property_list .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/api/v1/properties/**") as answered:
        page.get_by_role("button", name="Execute").click()

    assert answered.value.status == 200
    assert answered.value.json()["count"] == 4
    expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    _shoot(page, "api-docs-asked")


def test_a_session_may_write(open_page: OpenPage, world: World, live_server: Any) -> None:
    page = open_page()
    _log_in(page, live_server.url, UserFactory())

    page.goto("/api/docs/")
    expect(page.locator(".opblock").first).to_be_visible(timeout=PATIENCE_MS)
    update = "operations-accounts-account_update"
    assert update in _operations_while_scrolling(page, until=update)
    page.locator(f"#{update} .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("textarea.body-param__text").fill('{"full_name": "Ada Lovelace"}')
    with page.expect_response("**/api/v1/accounts/me/") as answered:
        page.get_by_role("button", name="Execute").click()

    assert answered.value.status == 200, answered.value.text()
    assert answered.value.json()["full_name"] == "Ada Lovelace"


def _operations_while_scrolling(page: Page, *, until: str = "") -> set[str]:
    """The operations that a reader meets on the way down: of so many, the page has only those in sight."""
    seen: set[str] = set()
    is_at_end = False
    while not is_at_end and until not in seen:
        is_at_end = page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 1")
        seen.update(page.locator(".opblock").evaluate_all("found => found.map(one => one.id)"))
        page.evaluate("scrollBy(0, innerHeight / 2)")
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return seen


def _log_in(page: Page, base_url: str, user: Any) -> None:
    """Give the browser the user's session."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}])


def _shoot(page: Page, name: str) -> None:
    """Keep a picture for who wants to look: `SCREENSHOTS=directory`."""
    if directory := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{directory}/{name}.png")
